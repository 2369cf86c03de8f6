using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using TokenKit;

namespace Definitions;

/// <summary>
/// What no template says: a signature over time, method, path and body with a key that is bytes and no text. A definition names
/// it by <c>"Sign": "path-and-time"</c>; the secret of that name is the key, in base64.
/// </summary>
internal sealed class PathAndTimeSigner(IConfiguration configuration) : IRequestSigner
{
    public const string Name = "path-and-time";

    private readonly byte[] _key = Convert.FromBase64String(configuration[$"Secrets:{Name}"] ?? "");

    public async ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
    {
        var time = context.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var signed = Encoding.UTF8.GetBytes($"{time}{request.Method}{request.RequestUri!.AbsolutePath}{body}");
        request.Headers.Add("X-Time", time);
        request.Headers.Add("X-Signature", Convert.ToBase64String(HMACSHA256.HashData(_key, signed)));
    }
}
