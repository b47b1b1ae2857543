//! What programs say in production.

pub(super) const SERVICES: [&str; 30] = [
    "edge-gateway",
    "web-bff",
    "mobile-bff",
    "partner-api",
    "admin-api",
    "graphql",
    "order",
    "payment",
    "payment-callback",
    "inventory",
    "warehouse",
    "pricing",
    "promotion",
    "coupon",
    "cart",
    "member",
    "member-grade",
    "auth",
    "notification",
    "mail-sender",
    "push-sender",
    "search",
    "search-indexer",
    "recommendation",
    "review",
    "settlement",
    "settlement-batch",
    "delivery",
    "delivery-tracking",
    "image-resizer",
];

pub(super) const ROUTES: [(&str, &str); 12] = [
    ("GET", "/api/v2/orders/{id}"),
    ("POST", "/api/v2/orders"),
    ("GET", "/api/v2/orders/{id}/deliveries"),
    ("GET", "/api/v2/products/{id}"),
    ("GET", "/api/v2/products/search"),
    ("PUT", "/api/v2/carts/{id}/items"),
    ("POST", "/api/v2/payments/{id}/confirm"),
    ("GET", "/api/v2/members/me"),
    ("GET", "/api/v2/members/{id}/coupons"),
    ("POST", "/api/v2/reviews"),
    ("GET", "/internal/v1/stocks/{id}"),
    ("DELETE", "/api/v2/carts/{id}"),
];

pub(super) const USER_AGENTS: [&str; 5] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 16; SM-S936N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "okhttp/5.1.0",
    "ReactorNetty/1.2.8",
];

/// System and statement; each `{}` is a value that changes.
pub(super) const STATEMENTS: [(&str, &str); 9] = [
    (
        "postgresql",
        "select o.id, o.status, o.total_amount, o.currency, o.created_at, oi.id as item_id, oi.product_id, oi.option_id, oi.quantity, oi.unit_price, d.tracking_no, d.carrier from orders o join order_item oi on oi.order_id = o.id left join delivery d on d.order_id = o.id where o.member_id = '{}' and o.created_at >= now() - interval '90 days' order by o.created_at desc limit 20 offset 0",
    ),
    (
        "postgresql",
        "insert into orders (id, member_id, status, total_amount, currency, created_at, updated_at) values ('{}', '{}', 'PLACED', 43000, 'KRW', now(), now()) returning id",
    ),
    (
        "postgresql",
        "update stock set reserved = reserved + 1, version = version + 1 where product_id = '{}' and version = 118 and quantity - reserved >= 1",
    ),
    (
        "mysql",
        "SELECT m.id, m.email_hash, m.grade, m.point_balance FROM member m INNER JOIN member_grade g ON g.member_id = m.id WHERE m.id = '{}' AND m.deleted_at IS NULL FOR UPDATE",
    ),
    (
        "mysql",
        "SELECT c.id, c.code, c.discount_type, c.discount_value FROM coupon c WHERE c.member_id = '{}' AND c.id IN ('{}', '{}', '{}') AND c.expires_at > NOW()",
    ),
    (
        "mysql",
        "INSERT INTO payment_history (payment_id, pg_transaction_id, amount, method, result_code) VALUES ('{}', '{}', 43000, 'CARD', '0000')",
    ),
    ("redis", "GET session:{}"),
    ("redis", "SETEX cart:{} 1800 ?"),
    (
        "postgresql",
        "with ranked as (select p.id, p.name, ts_rank(p.search, plainto_tsquery('{}')) as rank from product p where p.search @@ plainto_tsquery('{}') and p.is_visible) select id, name, rank from ranked order by rank desc limit 50",
    ),
];

/// Type, message, stack trace without its first line.
pub(super) const EXCEPTIONS: [(&str, &str, &str); 3] = [
    (
        "com.example.shop.payment.PaymentDeclinedException",
        "payment {} was declined by the issuer: insufficient funds",
        "\tat com.example.shop.payment.PgClient.confirm(PgClient.java:118)\n\tat com.example.shop.payment.PaymentService.confirm(PaymentService.java:74)\n\tat com.example.shop.payment.PaymentService$$SpringCGLIB$$0.confirm(<generated>)\n\tat com.example.shop.order.OrderFacade.place(OrderFacade.java:203)\n\tat com.example.shop.web.OrderController.handle(OrderController.java:61)\n\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)\n\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:258)\n\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)\n\tat org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:165)\n\tat org.apache.tomcat.util.net.NioEndpoint$SocketProcessor.doRun(NioEndpoint.java:1743)\n\tat java.base/java.lang.Thread.run(Thread.java:1583)\nCaused by: feign.FeignException$PaymentRequired: [402 ] during [POST] to [https://pg.example.com/v1/confirm]\n\tat feign.FeignException.clientErrorStatus(FeignException.java:238)\n\tat feign.codec.ErrorDecoder$Default.decode(ErrorDecoder.java:103)\n\t... 62 more",
    ),
    (
        "org.springframework.dao.CannotAcquireLockException",
        "could not execute statement; row {} is locked by another transaction",
        "\tat org.springframework.orm.jpa.vendor.HibernateJpaDialect.convertHibernateAccessException(HibernateJpaDialect.java:287)\n\tat org.springframework.orm.jpa.JpaTransactionManager.doCommit(JpaTransactionManager.java:566)\n\tat org.springframework.transaction.interceptor.TransactionAspectSupport.commitTransactionAfterReturning(TransactionAspectSupport.java:682)\n\tat com.example.shop.stock.StockService.reserve(StockService.java:49)\n\tat com.example.shop.order.OrderFacade.place(OrderFacade.java:171)\n\tat com.example.shop.web.OrderController.handle(OrderController.java:61)\nCaused by: org.postgresql.util.PSQLException: ERROR: could not obtain lock on row in relation \"stock\"\n\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2733)\n\t... 88 more",
    ),
    (
        "java.util.concurrent.TimeoutException",
        "Did not observe any item or terminal signal within 3000ms in 'flatMap' for {}",
        "\tat reactor.core.publisher.FluxTimeout$TimeoutMainSubscriber.handleTimeout(FluxTimeout.java:296)\n\tat reactor.core.publisher.FluxTimeout$TimeoutMainSubscriber.doTimeout(FluxTimeout.java:281)\n\tat com.example.shop.recommendation.RecommendationClient.lambda$forMember$4(RecommendationClient.java:88)\n\tat reactor.core.scheduler.WorkerTask.call(WorkerTask.java:84)\n\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)\n\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    ),
];
