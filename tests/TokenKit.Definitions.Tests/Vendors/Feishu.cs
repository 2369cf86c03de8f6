namespace TokenKit.Definitions.Tests;

/// <summary>
/// Feishu, abroad Lark (https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal):
/// JSON, a code in the body, two hours, the same token while half an hour of them is left and two good ones after that. A token that is
/// over is answered with 400 and a code (https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code).
/// </summary>
internal sealed class Feishu : VendorDouble
{
    private string _secret = "dskLLd\"1";

    public override string Name => "feishu";

    public override string TokenUrl => "https://open.feishu.cn/open-apis/auth/v3/tenant_access_token/internal";

    public override TimeSpan Life => TimeSpan.FromHours(2);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["feishu-app-secret"] = "dskLLd\"1" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ClientRejected;

    public override IReadOnlyList<string> RefusalProvokes => ["json app_secret"];

    protected override VendorAnswer Success => new(200, """{"code":0,"msg":"success","data":{"items":[],"has_more":false}}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "im/v1/chats?page_size=20");

    public override void Refuse() => _secret = "another";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://open.feishu.cn/open-apis/im/v1/chats")
    {
        Query = [("page_size", "20")],
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) =>
        new(400, """{"code":99991663,"msg":"Invalid access token for authorization. Please make a test attempt with the correct token"}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Json = $$"""{ "app_id": "cli_slkdjalasdkjasd", "app_secret": "{{_secret.Replace("\"", "\\\"", StringComparison.Ordinal)}}" }""",
            JsonType = "application/json; charset=utf-8",
        };
        if (FaultOf(tokenRequest, wanted) is { } fault)
        {
            return new VendorAnswer(400, fault is "json app_secret"
                ? """{"code":10014,"msg":"app secret invalid"}"""
                : """{"code":10003,"msg":"invalid param"}""");
        }

        var token = IssueOrRepeat("t-caecc734", TimeSpan.FromMinutes(30));
        return new VendorAnswer(200, $$"""{"code":0,"msg":"ok","tenant_access_token":"{{token.Value}}","expire":{{RestOf(token)}}}""");
    }
}
