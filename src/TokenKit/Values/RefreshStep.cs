namespace TokenKit;

/// <summary>One step of a refresh as it went, for people to read.</summary>
/// <param name="Name">
/// The step's name: <c>clear</c>, <c>request</c>, <c>map</c>, <c>validate</c>, <c>persist</c>; and <c>place</c>, where a placement
/// reads secrets, assertions or a certificate, which are fetched after the write.
/// </param>
/// <param name="Duration">How long it took.</param>
/// <param name="Succeeded">Whether the next step was reached, or the refresh done.</param>
public readonly record struct RefreshStep(string Name, TimeSpan Duration, bool Succeeded);
