namespace TokenKit.Tests;

/// <summary>Waits for what concurrent code was asked to do, and says what it was when it does not come.</summary>
internal static class Waiting
{
    public static async Task<T> Within<T>(this Task<T> task, string expectation)
    {
        await ((Task)task).Within(expectation);
        return await task;
    }

    public static async Task Within(this Task task, string expectation)
    {
        var ended = await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(30)));
        ended.Should().BeSameAs(task, "within 30 s {0}", expectation);
        await task;
    }
}
