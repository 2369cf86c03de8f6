namespace TokenKit.Definitions.Tests;

/// <summary>
/// Box with client credentials (https://developer.box.com/guides/authentication/client-credentials/): two fields of the vendor's own say
/// for whom, and wrong credentials are told as invalid_grant. The API's 401 has a challenge and no body
/// (https://developer.box.com/guides/authentication/tokens/api-calls/).
/// </summary>
internal sealed class Box : VendorDouble
{
    private string _secret = "s&cret 3";

    public override string Name => "box";

    public override string TokenUrl => "https://api.box.com/oauth2/token";

    public override TimeSpan Life => TimeSpan.FromHours(1);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["box-client-secret"] = "s&cret 3" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ClientRejected;

    public override IReadOnlyList<string> RefusalProvokes => ["form client_secret"];

    protected override VendorAnswer Success => new(200, """{"type":"user","id":"11446498","name":"Service account"}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "users/me");

    public override void Refuse() => _secret = "another";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://api.box.com/2.0/users/me")
    {
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => new(401, "")
    {
        Header = ("WWW-Authenticate", """
            Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid."
            """),
    };

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("client_id", "box-app"), ("client_secret", _secret), ("grant_type", "client_credentials"),
                ("box_subject_type", "enterprise"), ("box_subject_id", "1234567"),
            ],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"access_token":"{{Issue("c3FIOG9vSGV4VHo4").Value}}","expires_in":3600,"restricted_to":[],"token_type":"bearer"}
                """),
            "form client_id" or "form client_secret" or "form box_subject_id" =>
                new VendorAnswer(400, """{"error":"invalid_grant","error_description":"Grant credentials are invalid"}"""),
            "form box_subject_type" => new VendorAnswer(400, """
                {"error":"unauthorized_client","error_description":"The \"box_subject_type\" value is unauthorized for this client_id"}
                """),
            _ => new VendorAnswer(400, """
                {"error":"invalid_request","error_description":"Invalid grant_type parameter or parameter missing"}
                """),
        };
    }
}
