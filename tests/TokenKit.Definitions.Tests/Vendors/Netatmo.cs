namespace TokenKit.Definitions.Tests;

/// <summary>
/// Netatmo Connect (https://dev.netatmo.com/apidocumentation/oauth): three hours, a refresh token that works once, and an API that says
/// 403 to a token that is over and to a quota that is used up, told apart by a number in the body. The quota is told by 429 as well.
/// </summary>
internal sealed class Netatmo : VendorDouble
{
    public override string Name => "netatmo";

    public override string TokenUrl => "https://api.netatmo.com/oauth2/token";

    public override TimeSpan Life => TimeSpan.FromHours(3);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["netatmo-client-secret"] = "s&cret=1", ["netatmo-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    public static VendorAnswer QuotaUsedUp(int status) => new(status, """{"error":{"code":26,"message":"User usage reached"}}""");

    protected override VendorAnswer Success => new(200, """{"body":{"devices":[],"user":{"mail":"ann@example.com"}},"status":"ok"}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "getstationsdata?get_favorites=false");

    public override void Refuse() => RefreshToken = "ended by its user";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://api.netatmo.com/api/getstationsdata")
    {
        Query = [("get_favorites", "false")],
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => new(403, state is VendorTokenState.Expired
        ? """{"error":{"code":3,"message":"Access token expired"}}"""
        : """{"error":{"code":2,"message":"Invalid access_token"}}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("grant_type", "refresh_token"), ("client_id", "netatmo-app"), ("client_secret", Secrets["netatmo-client-secret"]),
                ("refresh_token", RefreshToken),
            ],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"access_token":"{{Issue("5233aeb7|").Value}}","refresh_token":"{{Rotate()}}","scope":["read_station"],
                "expires_in":10800,"expire_in":10800}
                """),
            "form refresh_token" => new VendorAnswer(400, """{"error":"invalid_grant"}"""),
            "form client_id" or "form client_secret" => new VendorAnswer(400, """{"error":"invalid_client"}"""),
            _ => new VendorAnswer(400, """{"error":"invalid_request"}"""),
        };
    }
}
