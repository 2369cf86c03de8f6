using System.Text;

namespace TokenKit.Definitions.Tests;

/// <summary>
/// UPS (https://developer.ups.com/api/reference/oauth/client-credentials): Basic authentication, a header that names the account, four
/// hours less a second as a text, 429 where a quota is used up, and two more headers on calls
/// (https://developer.ups.com/api/reference/trackingapi/errors).
/// </summary>
internal sealed class Ups : VendorDouble
{
    private const string ApiUrl = "https://onlinetools.ups.com/api/track/v1/details/1Z023E2X0214323462";

    public override string Name => "ups";

    public override string TokenUrl => "https://onlinetools.ups.com/security/v1/oauth/token";

    public override TimeSpan Life => TimeSpan.FromSeconds(14399);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["ups-client-secret"] = "s+cret/=:4" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.Throttled;

    public override IReadOnlyList<string> RefusalProvokes => [];

    protected override VendorAnswer Success => new(200, """{"trackResponse":{"shipment":[]}}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "track/v1/details/1Z023E2X0214323462");

    public override void Refuse() => EveryTokenAnswer = Error(429, "10429", "Too Many Requests");

    protected override VendorExpectation CallWith(string token) => new("GET", ApiUrl)
    {
        Headers = [("authorization", $"Bearer {token}"), ("transid", "any"), ("transactionsrc", "shipping")],
    };

    protected override VendorRequest Judged(VendorRequest call) => call with
    {
        Headers =
        [
            .. call.Headers.Select(static header =>
                header.Name == "transid" && Guid.TryParse(header.Value, out _) ? (header.Name, "any") : header),
        ],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) =>
        Error(401, "250002", "Invalid Authentication Information.");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Headers =
            [
                ("authorization", $"Basic {Credentials}"),
                ("x-merchant-id", "A1B2C3"),
            ],
            Form = [("grant_type", "client_credentials")],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"token_type":"Bearer","issued_at":"{{Now.ToUnixTimeMilliseconds()}}","client_id":"ups-app",
                "access_token":"{{Issue("eyJraWQiOiI2NGM0YjYy.").Value}}","expires_in":"14399","status":"approved"}
                """),
            "header authorization" => Error(401, "10401", "ClientId is Invalid"),
            _ => Error(400, "10400", "Invalid/Missing Authorization Header"),
        };
    }

    private string Credentials => Convert.ToBase64String(Encoding.UTF8.GetBytes($"ups-app:{Secrets["ups-client-secret"]}"));

    private static VendorAnswer Error(int status, string code, string message) =>
        new(status, $$"""{"response":{"errors":[ {"code":"{{code}}","message":"{{message}}"} ]} }""");
}
