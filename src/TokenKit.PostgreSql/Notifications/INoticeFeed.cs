namespace TokenKit;

/// <summary>Where the notices of other processes are heard.</summary>
internal interface INoticeFeed
{
    /// <summary>Hears notices until it is stopped. Whatever it throws means that none is heard any more.</summary>
    /// <param name="began">Called when notices are heard from now on.</param>
    /// <param name="heard">Takes each notice.</param>
    /// <param name="stopping">Ends it.</param>
    Task HearAsync(Action began, Action<string> heard, CancellationToken stopping);
}
