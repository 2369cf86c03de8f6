namespace TokenKit.Definitions.Tests;

/// <summary>
/// HubSpot (https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide): half an hour, a refresh token
/// that stays the same and comes back each time, and an error code of the vendor's own in a field of its own
/// (https://integrate.hubspot.com/t/what-to-do-when-you-suddenly-get-bad-refresh-token-when-trying-to-refresh-an-access-token/5490).
/// </summary>
internal sealed class HubSpot : VendorDouble
{
    public override string Name => "hubspot";

    public override string TokenUrl => "https://api.hubapi.com/oauth/v1/token";

    public override TimeSpan Life => TimeSpan.FromMinutes(30);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["hubspot-client-secret"] = "7c3ce02c-0f0c", ["hubspot-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    protected override VendorAnswer Success => new(200, """{"results":[{"id":"501","properties":{"email":"ada@example.com"}}]}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "crm/v3/objects/contacts?limit=1");

    public override void Refuse() => RefreshToken = "ended by its user";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://api.hubapi.com/crm/v3/objects/contacts")
    {
        Query = [("limit", "1")],
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => state is VendorTokenState.Expired
        ? Error("EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 5 minute(s) ago.")
        : Error("INVALID_AUTHENTICATION", "Authentication credentials not found.");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("grant_type", "refresh_token"), ("client_id", "hubspot-app"), ("client_secret", Secrets["hubspot-client-secret"]),
                ("refresh_token", RefreshToken),
            ],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"token_type":"bearer","refresh_token":"{{RefreshToken}}","access_token":"{{Issue("CN2zlYnmLBIC").Value}}",
                "expires_in":1800}
                """),
            "form refresh_token" => Refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token"),

            // No page names a code for anything else.
            _ => Refused("error", "bad request"),
        };
    }

    private static VendorAnswer Refused(string status, string message) =>
        new(400, $$"""{"status":"{{status}}","message":"{{message}}"}""");

    private static VendorAnswer Error(string category, string message) =>
        new(401, $$"""{"status":"error","message":"{{message}}","category":"{{category}}"}""");
}
