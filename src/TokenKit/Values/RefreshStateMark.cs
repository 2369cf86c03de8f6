namespace TokenKit.Values;

/// <summary>A refresh state and when it was left, so that its wait can be counted down for whoever comes next.</summary>
internal readonly record struct RefreshStateMark(RefreshState State, DateTimeOffset LeftAt)
{
    public static RefreshStateMark None => new(RefreshState.Alive, DateTimeOffset.MinValue);

    /// <summary>The state with the wait that is left. A clock that went back does not make the wait longer.</summary>
    public RefreshState At(DateTimeOffset now)
    {
        if (State.NotBefore <= TimeSpan.Zero)
        {
            return State;
        }

        var left = State.NotBefore - (now > LeftAt ? now - LeftAt : TimeSpan.Zero);
        return State with { NotBefore = left > TimeSpan.Zero ? left : TimeSpan.Zero };
    }
}
