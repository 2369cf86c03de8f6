namespace TokenKit.Definitions.Tests;

/// <summary>
/// ServiceNow (https://www.servicenow.com/docs/r/yokohama/platform-security/authentication/r_OAuthAPIRequestParameters.html): a password
/// once and a refresh token of a hundred days after that, which stays the same. A login while a token lives prolongs that token
/// (https://support.servicenow.com/kb?id=kb_article_view&amp;sysparm_article=KB0791140). Whatever is wrong is a 401 with server_error.
/// </summary>
internal sealed class ServiceNow : VendorDouble
{
    private string _password = "p&ss w=rd";

    public override string Name => "servicenow";

    public override string TokenUrl => "https://dev12345.service-now.com/oauth_token.do";

    public override TimeSpan Life => TimeSpan.FromSeconds(1799);

    public override IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string>
    {
        ["servicenow-client-secret"] = "cl:ent", ["servicenow-user"] = "ann.lee", ["servicenow-password"] = "p&ss w=rd",
    };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ClientRejected;

    public override int RequestsBeforeRefusal => 2;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token", "form password"];

    protected override VendorAnswer Success => new(200, """{"result":[]}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "table/incident?sysparm_limit=1");

    public override void Refuse()
    {
        EndRefreshToken();
        _password = "another";
    }

    public void EndRefreshToken() => Rotate();

    protected override VendorExpectation CallWith(string token) => new("GET", "https://dev12345.service-now.com/api/now/table/incident")
    {
        Query = [("sysparm_limit", "1")],
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) =>
        new(401, """{"error":{"message":"User Not Authenticated","detail":"Required to provide Auth information"},"status":"failure"}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var isRefresh = tokenRequest.Form.Contains(("grant_type", "refresh_token"));
        (string, string)[] client = [("client_id", "be3aeb583ace2100"), ("client_secret", Secrets["servicenow-client-secret"])];
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form = isRefresh
                ? [("grant_type", "refresh_token"), .. client, ("refresh_token", RefreshToken)]
                : [("grant_type", "password"), .. client, ("username", "ann.lee"), ("password", _password)],
        };
        if (FaultOf(tokenRequest, wanted) is not null)
        {
            return new VendorAnswer(401, """{"error_description":"access_denied","error":"server_error"}""");
        }

        var token = isRefresh ? Issue("2YotnFZFEjr1zCsi") : IssueOrRepeat("2YotnFZFEjr1zCsi", TimeSpan.Zero);
        token.EndsAt = Now + Life;
        return new VendorAnswer(200, $$"""
            {"scope":"useraccount","token_type":"Bearer","expires_in":1799,"refresh_token":"{{RefreshToken}}",
            "access_token":"{{token.Value}}"}
            """);
    }
}
