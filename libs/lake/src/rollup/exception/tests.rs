//! One mistake has one name, wherever and whenever it happens; two mistakes have two.

use proptest::prelude::*;

use super::*;

fn of(type_name: &str, message: &str, stacktrace: &str) -> Fingerprint {
    fingerprint(&Exception { type_name, message, stacktrace })
}

fn titled(type_name: &str, stacktrace: &str) -> String {
    of(type_name, "whatever", stacktrace).title
}

const PYTHON: &str = r#"Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/django/core/handlers/base.py", line 197, in _get_response
    response = wrapped_callback(request)
  File "/app/shop/views.py", line 12, in charge
    total = basket["total"]
            ~~~~~~^^^^^^^^^
KeyError: 'total'"#;

const JAVA: &str = "com.shop.Broken: order 17
\tat com.shop.OrderService.total(OrderService.java:42)
\tat com.shop.OrderService$$EnhancerBySpringCGLIB$$1f2e3d.total(<generated>)
\tat com.shop.OrderService$$Lambda$14/0x0000000800c0.apply(Unknown Source)
\tat com.shop.Web.lambda$list$3(Web.java:7) ~[shop.jar!/:1.2]
\tat jdk.proxy2/jdk.proxy2.$Proxy91.list(Unknown Source)
\tat java.base/java.lang.Thread.run(Thread.java:1583)
Caused by: java.sql.SQLException: gone
\tat org.postgresql.Driver.connect(Driver.java:1)
\tat com.shop.Store.load(Store.java:9)
\t... 23 more";

const NODE: &str = "TypeError: Cannot read properties of undefined (reading 'id')
    at charge (/srv/app-20260101/src/pay.js:12:5)
    at async Pay.run [as go] (file:///srv/app-20260101/src/pay.js:40:1)
    at /srv/app-20260101/node_modules/express/lib/router.js:280:3
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)";

const GO: &str = "goroutine 34 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e
panic({0x6b8c40?, 0xc000012345?})
\t/usr/local/go/src/runtime/panic.go:770 +0x132
github.com/acme/shop/pay.(*Server).charge.func1(0xc000010000, {0x1, 0x2})
\t/home/ci/build/pay/server.go:88 +0x1d
net/http.HandlerFunc.ServeHTTP(0x1)
\t/usr/local/go/src/net/http/server.go:2166 +0x29
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4";

const DOTNET: &str = "System.InvalidOperationException: no order 17
 ---> Npgsql.PostgresException (0x80004005): 42P01
   at Npgsql.Internal.NpgsqlConnector.ReadMessage(Boolean async)
   at Shop.Store.<LoadAsync>d__5.MoveNext() in /src/Shop/Store.cs:line 31
   --- End of inner exception stack trace ---
   at Shop.Pay.<>c__DisplayClass5_0.<Charge>b__0(String card) in /src/Shop/Pay.cs:line 12
   at System.Threading.Tasks.Task.Execute()";

const PHP: &str = "Shop\\Broken: no order 17 in /var/www/app/src/Pay.php:12
Stack trace:
#0 /var/www/app/src/Web.php(40): Shop\\Pay->charge('4111', Array)
#1 /var/www/app/vendor/symfony/http-kernel/HttpKernel.php(163): Shop\\Web->list()
#2 [internal function]: Symfony\\Runner->run()
#3 {main}";

const RUBY: &str =
    "/srv/app/releases/20260101/app/models/pay.rb:12:in `block (2 levels) in charge': no order (Broken)
\tfrom /usr/lib/ruby/gems/3.2.0/gems/activerecord-7.1.2/lib/active_record/core.rb:9:in `find'
\tfrom /srv/app/releases/20260101/app/models/web.rb:3:in `list'";

#[test]
fn titles_name_the_type_and_the_own_code_that_broke() {
    let cases = [
        ("KeyError", PYTHON, "KeyError · charge (shop/views.py)"),
        ("com.shop.Broken", JAVA, "Broken · Store.load"),
        ("TypeError", NODE, "TypeError · charge (src/pay.js)"),
        ("runtime.Error", GO, "Error · pay.(*Server).charge.func"),
        ("System.InvalidOperationException", DOTNET, "InvalidOperationException · Store.LoadAsync"),
        ("Shop\\Broken", PHP, "Broken · Shop\\Pay->charge (src/Web.php)"),
        ("Broken", RUBY, "Broken · charge (models/pay.rb)"),
        ("", "", "whatever"),
        ("Broken", "nothing we know", "Broken · whatever"),
    ];
    for (type_name, stacktrace, title) in cases {
        assert_eq!(titled(type_name, stacktrace), title);
    }
}

#[test]
fn ids_stay_what_they_are() {
    // Stored in rollups: a change means that every exception is counted under a new name.
    let ids = [PYTHON, JAVA, NODE, GO, DOTNET, PHP, RUBY, ""].map(|stacktrace| of("T", "a", stacktrace).id);
    assert_eq!(
        ids,
        [
            1_842_448_193_375_145_806,
            8_113_912_502_770_461_735,
            14_405_102_078_362_674_313,
            9_027_068_188_815_209_594,
            16_305_209_387_129_548_533,
            14_746_770_723_955_851_096,
            9_936_634_883_803_471_219,
            8_035_194_987_623_500_731,
        ]
    );
}

#[test]
fn lines_addresses_counters_folders_and_messages_make_no_difference() {
    let cases: [(&str, &[(&str, &str)]); 7] = [
        (
            PYTHON,
            &[
                ("line 12", "line 99"),
                ("/app/shop", "/srv/releases/7/shop"),
                ("'total'", "'sum'"),
                ("python3.12", "python3.13"),
            ],
        ),
        (
            JAVA,
            &[
                (":42", ":43"),
                ("1f2e3d", "aa01"),
                ("$14/0x0000000800c0", "/0x00001"),
                ("$list$3", "$list$4"),
                ("Proxy91", "Proxy7"),
                ("23 more", "24 more"),
                ("order 17", "order 18"),
            ],
        ),
        (NODE, &[(":12:5", ":13:1"), ("app-20260101", "app-20260202"), ("'id'", "'name'")]),
        (
            GO,
            &[
                ("0xc000010000", "0xc0000fffff"),
                ("server.go:88", "server.go:90"),
                ("goroutine 34", "goroutine 5"),
                ("/home/ci/build", "/src"),
                ("func1", "func2"),
            ],
        ),
        (
            DOTNET,
            &[
                ("line 31", "line 32"),
                ("d__5", "d__6"),
                ("DisplayClass5_0", "DisplayClass6_0"),
                ("b__0", "b__1"),
                ("/src/Shop", "C:\\Shop"),
            ],
        ),
        (
            PHP,
            &[
                ("(40)", "(41)"),
                ("/var/www/app/src", "/home/web/src"),
                ("'4111'", "'5500'"),
                ("order 17", "order 18"),
            ],
        ),
        (RUBY, &[(":12:", ":13:"), ("20260101", "20260202"), ("7.1.2", "7.1.3"), ("no order", "no basket")]),
    ];
    for (stacktrace, changes) in cases {
        for (from, to) in changes {
            assert!(stacktrace.contains(from), "{from}");
            let changed = stacktrace.replace(from, to);
            assert_eq!(of("T", "a", stacktrace), of("T", "b", &changed), "{from} → {to}");
        }
    }
}

#[test]
fn another_type_function_or_cause_makes_a_difference() {
    let cases = [
        (PYTHON, "in charge", "in refund"),
        (PYTHON, "shop/views.py", "shop/tasks.py"),
        (JAVA, "OrderService.total", "OrderService.sum"),
        (JAVA, "java.sql.SQLException", "java.io.IOException"),
        (JAVA, "Store.load", "Store.save"),
        (NODE, "at charge", "at refund"),
        (GO, "(*Server).charge", "(*Server).refund"),
        (DOTNET, "<LoadAsync>", "<SaveAsync>"),
        (DOTNET, "Npgsql.PostgresException", "System.TimeoutException"),
        (PHP, "->charge(", "->refund("),
        (RUBY, "in charge'", "in refund'"),
    ];
    for (stacktrace, from, to) in cases {
        assert!(stacktrace.contains(from), "{from}");
        assert_ne!(
            of("T", "a", stacktrace).id,
            of("T", "a", &stacktrace.replace(from, to)).id,
            "{from} → {to}"
        );
        assert_ne!(of("T", "a", stacktrace).id, of("U", "a", stacktrace).id);
    }
}

#[test]
fn library_code_counts_only_where_there_is_no_own() {
    let changed = PYTHON.replace("_get_response", "_other");
    assert_eq!(of("T", "a", PYTHON), of("T", "a", &changed));
    let only_library = PYTHON.replace("/app/shop", "/x/site-packages/shop");
    assert_ne!(of("T", "a", &only_library), of("T", "a", &only_library.replace("_get_response", "_other")));
}

#[test]
fn a_recursion_is_one_frame_however_deep() {
    let deep = |times: usize| {
        format!("Traceback:\n{}", "  File \"/app/a/b.py\", line 3, in walk\n    walk()\n".repeat(times))
    };
    assert_eq!(of("T", "a", &deep(3)), of("T", "a", &deep(900)));
}

#[test]
fn chained_exceptions_begin_with_the_first() {
    let chained = format!(
        "{PYTHON}\n\nDuring handling of the above exception, another exception occurred:\n\n{}",
        PYTHON.replace("charge", "report")
    );
    assert_eq!(titled("E", &chained), "E · charge (shop/views.py)");
    assert_ne!(of("E", "", &chained).id, of("E", "", PYTHON).id);
}

#[test]
fn messages_lose_their_values() {
    let cases = [
        ("no order 17 for user ann42", "no order <n> for user ann<n>"),
        ("can't find 'it' in \"there\" or `here'", "can't find <text> in <text> or <text>"),
        ("id 3f2a1b9c-0000-4000-8000-0123456789ab, hash deadbeef01", "id <uuid>, hash <hex>"),
        ("at 0x7fff12 after 12.5ms (50%)", "at <hex> after <n> (<n>)"),
        ("open /var/lib/x.db: no such file", "open <path>: no such file"),
        ("C:\\data\\x.db is gone, see https://x.example/a?b=1.", "<path> is gone, see <url>."),
        ("dial tcp 10.0.0.1:5432: connect: connection refused", "dial tcp <n>: connect: connection refused"),
        ("mail to ann@x.example failed", "mail to <address> failed"),
        ("Pay@1f2e3d  is\n\tclosed", "Pay@<hex> is closed"),
        ("token eyJhbGciOiJIUzI1NiJ9a17bc0 expired", "token <id> expired"),
        ("key=17, rows=[1, 2]", "key=<n>, rows=[<n>, <n>]"),
        ("주문 17번이 없습니다", "주문 <n>번이 없습니다"),
        ("read/write is fine", "read/write is fine"),
        ("", ""),
    ];
    for (message, plain) in cases {
        assert_eq!(message::without_values(message), plain);
    }
}

#[test]
fn without_a_stack_trace_the_message_tells_mistakes_apart() {
    assert_eq!(of("E", "no order 1", ""), of("E", "no order 2", ""));
    assert_ne!(of("E", "no order 1", "").id, of("E", "no basket 1", "").id);
    assert_eq!(of("E", "no order 1", "").title, "E · no order <n>");
    assert!(of("E", &"주문 ".repeat(500), "").title.len() <= TITLE_BYTES_MAX);
}

#[test]
fn hostile_stack_traces_take_linear_time() {
    let shapes = [
        "at a(",
        "at ",
        "File \"",
        "#0 ",
        ":1",
        ":in ",
        "@",
        "'",
        "\n\t.go:\n",
        "$$",
        "/",
        "Caused by: a\n",
        "|",
        "at a (b:1:1)\n",
        "a.",
        "-1f2e3d4c",
        "\\",
    ];
    // Quadratic time would take minutes here.
    for shape in shapes {
        let text = shape.repeat(300_000 / shape.len());
        for prefix in ["", "at ", "File \"a\", line 1, in "] {
            let stacktrace = format!("{prefix}{text}");
            assert!(of(&text, &text, &stacktrace).title.len() <= TITLE_BYTES_MAX);
        }
    }
}

proptest! {
    #[test]
    fn anything_at_all_has_a_bounded_title(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        text: String,
        at in any::<prop::sample::Index>(),
        which in 0_usize..7,
    ) {
        let stacktrace = [PYTHON, JAVA, NODE, GO, DOTNET, PHP, RUBY][which];
        let at = stacktrace.floor_char_boundary(at.index(stacktrace.len()));
        let noise = String::from_utf8_lossy(&bytes);
        for stacktrace in [format!("{}{noise}{}", &stacktrace[..at], &stacktrace[at..]), text.clone(), noise.to_string()] {
            let found = of(&noise, &text, &stacktrace);
            prop_assert!(found.title.len() <= TITLE_BYTES_MAX);
            prop_assert_eq!(found, of(&noise, &text, &stacktrace));
        }
    }
}
