using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TokenKit.Tests;

/// <summary>Keeps every answer of an application: status, headers, body, event streams included.</summary>
internal sealed class AnswerRecorder : IStartupFilter
{
    private readonly ConcurrentQueue<(string Place, Func<string> Text)> _answers = new();

    public IEnumerable<(string Place, string Text)> Texts => _answers.Select(answer => (answer.Place, answer.Text()));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(RecordAsync);
        next(app);
    };

    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var copy = new CopyingStream(original.Stream);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(copy, original));
        var place = $"{context.Request.Method} {context.Request.Path}";
        _answers.Enqueue((place + " headers", () => string.Join('\n', copy.Headers)));

        // What it is for: whoever enabled it gets the token there.
        if (!context.Request.Path.Value!.EndsWith("/access-token", StringComparison.Ordinal))
        {
            _answers.Enqueue((place, copy.Text));
        }

        context.Response.OnStarting(() =>
        {
            copy.Headers = [.. context.Response.Headers.Select(header => $"{header.Key}: {header.Value}")];
            return Task.CompletedTask;
        });
        await next(context);
        await context.Response.CompleteAsync();
    }

    private sealed class CopyingStream(Stream inner) : Stream
    {
        private readonly MemoryStream _copy = new();

        public string[] Headers { get; set; } = [];

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public string Text()
        {
            lock (_copy)
            {
                return Encoding.UTF8.GetString(_copy.ToArray());
            }
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            Keep(buffer.AsSpan(offset, count));
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Keep(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private void Keep(ReadOnlySpan<byte> bytes)
        {
            lock (_copy)
            {
                _copy.Write(bytes);
            }
        }
    }
}
