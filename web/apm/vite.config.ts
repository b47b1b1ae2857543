import { defineConfig } from "vite";
import { appConfig } from "../vite.base.ts";
import { mockApm } from "./dev/mock.ts";

export default defineConfig({ ...appConfig(5174, [mockApm()]), base: "/" });
