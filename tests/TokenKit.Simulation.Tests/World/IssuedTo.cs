namespace TokenKit.Simulation.Tests;

/// <summary>How an access token came about.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">Who asked for it.</param>
/// <param name="Client">As which client.</param>
/// <param name="Audience">For which audience, where the request named one.</param>
/// <param name="Scope">The scope that the request named, if it did.</param>
/// <param name="Hurry">Whether it was asked for early, and whether that was a turn.</param>
internal sealed record IssuedTo(long At, string Machine, string? Client, string? Audience, string? Scope, Hurry Hurry);

/// <summary>Whether a token was renewed before its time.</summary>
internal enum Hurry
{
    /// <summary>In its time, or because somebody asked for another one.</summary>
    None,

    /// <summary>Once, for what a process had just taken up.</summary>
    Early,

    /// <summary>More often than its process took up another meaning.</summary>
    Turn,
}
