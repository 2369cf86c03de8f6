namespace TokenKit.Definitions.Tests;

/// <summary>
/// Adobe Marketo Engage (https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/authentication): credentials in a
/// query, the same token with the rest of its hour until that is over, and 200 for calls that failed
/// (https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/error-codes).
/// </summary>
internal sealed class Marketo : VendorDouble
{
    private const string ApiUrl = "https://100-aek-913.mktorest.com/rest/v1/activities/types.json";

    private string _secret = "s/cret+1";

    public override string Name => "marketo";

    public override string TokenUrl => "https://100-aek-913.mktorest.com/identity/oauth/token";

    public override TimeSpan Life => TimeSpan.FromHours(1);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["marketo-client-secret"] = "s/cret+1" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ClientRejected;

    public override IReadOnlyList<string> RefusalProvokes => ["query client_secret"];

    protected override VendorAnswer Success => new(200, """{"requestId":"e42b#14272d07d78","success":true,"result":[]}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "v1/activities/types.json");

    public override void Refuse() => _secret = "another";

    protected override VendorExpectation CallWith(string token) => new("GET", ApiUrl)
    {
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => new(200, state is VendorTokenState.Expired
        ? """{"requestId":"e42b#14272d07d79","success":false,"errors":[{"code":"602","message":"Access token expired"}]}"""
        : """{"requestId":"e42b#14272d07d79","success":false,"errors":[{"code":"601","message":"Access token invalid"}]}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("GET", TokenUrl)
        {
            Query = [("grant_type", "client_credentials"), ("client_id", "marketo-app"), ("client_secret", _secret)],
        };
        if (FaultOf(tokenRequest, wanted) is { } fault)
        {
            return fault is "query client_id" or "query client_secret"
                ? new VendorAnswer(401, """{"error":"invalid_client","error_description":"Bad client credentials"}""")
                : new VendorAnswer(400, """{"error":"invalid_request"}""");
        }

        var token = IssueOrRepeat("cdf01657:int:", TimeSpan.FromSeconds(1));
        return new VendorAnswer(200, $$"""
            {"access_token":"{{token.Value}}","token_type":"bearer","expires_in":{{RestOf(token)}},"scope":"apis@acmeinc.com"}
            """);
    }
}
