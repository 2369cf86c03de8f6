using TokenKit.Work;

namespace TokenKit.Http;

/// <summary>
/// How a call sends and waits: by tasks, or on the thread that called <see cref="HttpClient.Send(HttpRequestMessage)"/>. On such a thread
/// all that is awaited has ended when it is awaited, so that both share one way.
/// </summary>
internal abstract class CallStyle
{
    /// <summary>Sends a message to the next handler.</summary>
    public abstract Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken);

    /// <summary>Begins what then runs on its own, and waits for it.</summary>
    public abstract ValueTask<T> WaitAsync<TState, T>(Func<TState, ValueTask<T>> begin, TState state);

    /// <summary>Runs what may be the code of others and waits for it.</summary>
    public abstract ValueTask<T> RunAsync<T>(Func<ValueTask<T>> work);

    /// <summary>By tasks.</summary>
    public sealed class Asynchronous(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send) : CallStyle
    {
        public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
            send(message, cancellationToken);

        public override ValueTask<T> WaitAsync<TState, T>(Func<TState, ValueTask<T>> begin, TState state) => begin(state);

        public override ValueTask<T> RunAsync<T>(Func<ValueTask<T>> work) => work();
    }

    /// <summary>On the calling thread, which waits.</summary>
    /// <remarks>
    /// The code of others runs on the pool, which adds threads while its own wait for a task: in the caller's context it could wait for the
    /// very thread that waits for it.
    /// </remarks>
    public sealed class Synchronous(Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> send) : CallStyle
    {
        public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
            Task.FromResult(send(message, cancellationToken));

        public override ValueTask<T> WaitAsync<TState, T>(Func<TState, ValueTask<T>> begin, TState state) => new(WaitingThread.Wait(begin, state));

        public override ValueTask<T> RunAsync<T>(Func<ValueTask<T>> work) => new(Run(work));

        public static T Run<T>(Func<ValueTask<T>> work)
        {
            if (!IsOnThePool)
            {
                // The task of an asynchronous function is never run by the thread that waits for it.
                return Task.Run(async () => await work().ConfigureAwait(false)).GetAwaiter().GetResult();
            }

            var running = work();
            return running.IsCompleted ? running.GetAwaiter().GetResult() : running.AsTask().GetAwaiter().GetResult();
        }

        // There already, and in nobody's context: another thread of the pool would have to be waited for where all are taken by such calls.
        private static bool IsOnThePool =>
            Thread.CurrentThread.IsThreadPoolThread && SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default;
    }
}
