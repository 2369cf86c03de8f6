namespace TokenKit.Definitions.Tests;

/// <summary>What no correct client would have sent.</summary>
/// <param name="Place">Where, such as <c>form client_id</c>.</param>
/// <param name="Detail">What was wanted and what came.</param>
internal sealed record VendorMistake(string Place, string Detail);
