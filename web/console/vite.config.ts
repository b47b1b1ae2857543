import { defineConfig } from "vite";
import { appConfig } from "../vite.base.ts";
import { mockConsole } from "./dev/mock.ts";

export default defineConfig(appConfig(5173, [mockConsole()]));
