namespace TokenKit.Source.Records;

/// <summary>A grant that the server has declared dead, as this process knows it.</summary>
/// <param name="Fingerprint">Of the stored token that was refused; another one is not concerned.</param>
/// <param name="Failures">How many in a row said so.</param>
internal sealed record DeadGrant(string Fingerprint, int Failures);
