namespace TokenKit.Definitions.Tests;

/// <summary>
/// Amazon Selling Partner API with Login with Amazon (https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api):
/// the token in a header of its own, and 403 with one code for a token that is over and for a right that is missing, told apart by a
/// sentence (https://developer-docs.amazon.com/sp-api/docs/authorization-errors).
/// </summary>
internal sealed class SellingPartner : VendorDouble
{
    private const string ApiUrl = "https://sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations";

    public override string Name => "selling-partner";

    public override string TokenUrl => "https://api.amazon.com/auth/o2/token";

    public override TimeSpan Life => TimeSpan.FromHours(1);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["lwa-client-secret"] = "amzn1.oa2-cs.v1.5", ["lwa-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    public static VendorAnswer RightMissing => Denied("");

    protected override VendorAnswer Success => new(200, """{"payload":[]}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "sellers/v1/marketplaceParticipations");

    public override void Refuse() => RefreshToken = "ended by its seller";

    protected override string TokenOn(VendorRequest call) => call.Header("x-amz-access-token") ?? "";

    protected override VendorExpectation CallWith(string token) => new("GET", ApiUrl)
    {
        Headers = [("x-amz-access-token", token)],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => Denied(state is VendorTokenState.Expired
        ? "The access token you provided has expired."
        : "The access token you provided is revoked, malformed or invalid.");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("grant_type", "refresh_token"), ("refresh_token", RefreshToken), ("client_id", "amzn1.application-oa2-client.1"),
                ("client_secret", Secrets["lwa-client-secret"]),
            ],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"access_token":"{{Issue("Atza|IQEBLjAsAexampleHpi0U").Value}}","token_type":"bearer","expires_in":3600,
                "refresh_token":"{{RefreshToken}}"}
                """),
            "form refresh_token" => new VendorAnswer(400, """
                {"error":"invalid_grant","error_description":"The request has an invalid grant parameter : refresh_token"}
                """),
            "form client_id" or "form client_secret" =>
                new VendorAnswer(401, """{"error":"invalid_client","error_description":"Client authentication failed"}"""),
            _ => new VendorAnswer(400, """{"error":"invalid_request","error_description":"The request is missing a required parameter"}"""),
        };
    }

    private static VendorAnswer Denied(string details) =>
        new(403, $$"""{"errors":[{"message":"Access to requested resource is denied.","code":"Unauthorized","details":"{{details}}"}]}""");
}
