//! Whose code a frame is: libraries are passed over, because they fail for everybody in the same way.

/// Folders that only libraries lie in, on every platform written with `/`.
pub(super) const FOLDERS: [&str; 14] = [
    "/node_modules/",
    "/site-packages/",
    "/dist-packages/",
    "/vendor/",
    "/gems/",
    "/pkg/mod/",
    "/go/src/runtime/",
    "/usr/local/go/src/",
    "/usr/lib/go/src/",
    "/lib/python2.",
    "/lib/python3.",
    "/lib/ruby/",
    "/rubygems/",
    "/bower_components/",
];

const JAVA: [&str; 44] = [
    "akka.",
    "android.",
    "androidx.",
    "brave.",
    "ch.qos.logback.",
    "com.amazonaws.",
    "com.fasterxml.",
    "com.google.",
    "com.mysql.",
    "com.netflix.",
    "com.sun.",
    "com.zaxxer.",
    "feign.",
    "groovy.",
    "io.grpc.",
    "io.micrometer.",
    "io.netty.",
    "io.opentelemetry.",
    "io.quarkus.",
    "io.undertow.",
    "io.vertx.",
    "jakarta.",
    "java.",
    "javax.",
    "jdk.",
    "kotlin.",
    "kotlinx.",
    "net.bytebuddy.",
    "net.sf.",
    "okhttp3.",
    "oracle.jdbc.",
    "org.apache.",
    "org.codehaus.",
    "org.eclipse.",
    "org.hibernate.",
    "org.jboss.",
    "org.junit.",
    "org.postgresql.",
    "org.slf4j.",
    "org.springframework.",
    "reactor.",
    "retrofit2.",
    "scala.",
    "sun.",
];

const DOTNET: [&str; 13] = [
    "Autofac.",
    "Castle.",
    "Dapper.",
    "Grpc.",
    "MassTransit.",
    "MediatR.",
    "Microsoft.",
    "MySqlConnector.",
    "Newtonsoft.",
    "Npgsql.",
    "OpenTelemetry.",
    "Polly.",
    "System.",
];

/// Packages of Go's standard library that stand in stack traces.
const GO: [&str; 16] = [
    "bufio",
    "bytes",
    "context",
    "database/sql",
    "encoding",
    "fmt",
    "internal",
    "io",
    "net",
    "os",
    "panic",
    "reflect",
    "runtime",
    "sync",
    "syscall",
    "testing",
];

pub(super) fn is_path(path: &str) -> bool {
    if path.is_empty() {
        return false;
    }
    if path.contains('\\') {
        let path = path.replace('\\', "/");
        return FOLDERS.iter().any(|folder| path.contains(folder));
    }
    let mut versions = path.match_indices("@v");
    FOLDERS.iter().any(|folder| path.contains(folder))
        // Modules of Go built with -trimpath: github.com/gin-gonic/gin@v1.9.1/context.go
        || versions.any(|(at, mark)| path[at + mark.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

pub(super) fn is_java(function: &str) -> bool {
    // java.base/java.lang.Thread.run, app//com.shop.Pay.charge
    let name = function.split('$').next().unwrap_or(function);
    let name = name.rsplit('/').next().unwrap_or(name);
    JAVA.iter().any(|package| name.starts_with(package))
        || (name.len() < function.len() && function.contains("$Proxy"))
}

pub(super) fn is_dotnet(function: &str) -> bool {
    DOTNET.iter().any(|space| function.starts_with(space))
}

pub(super) fn is_go(function: &str) -> bool {
    let package = function.split('(').next().unwrap_or(function);
    GO.iter().any(|name| {
        package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    })
}

/// Files of Node itself, and calls that have no file.
pub(super) fn is_node(path: &str) -> bool {
    path.starts_with("node:")
        || path.starts_with("internal/")
        || path.starts_with('<')
        || path.starts_with("index ")
        || path == "native"
        || !path.contains(['/', '\\', '.'])
}
