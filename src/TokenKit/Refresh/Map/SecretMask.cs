using System.Text;

namespace TokenKit.Refresh.Map;

/// <summary>Masks secrets in a text that somebody else wrote, also where they are cut or encoded.</summary>
/// <remarks>
/// Of a secret of fewer than eight characters the whole is masked, from three characters on: less would make holes in every
/// word. Of any other, every run of eight characters, or of half its length where that is less. Time and memory grow with
/// the text and the secrets, not with their product.
/// </remarks>
/// <param name="secrets">The secrets.</param>
/// <param name="plain">Texts that are no secret: runs that stand in one of them are shown.</param>
internal sealed class SecretMask(IReadOnlyCollection<string> secrets, IReadOnlyCollection<string> plain)
{
    private const int LeastMasked = 3;
    private const int LeastCut = 8;
    private const int LongestRun = 8;

    private readonly string[] _plain = [.. plain.Select(static text => TextReading.BytesOf(text))];

    /// <summary>The text with <c>***</c> for each stretch that holds a secret or a part of one.</summary>
    public string Mask(string text)
    {
        var isMasked = new bool[text.Length];
        var bytes = new RunIndex(TextReading.BytesIn(text));
        var digits = new RunIndex(TextReading.Base64In(text));
        Span<char> encoded = stackalloc char[Base64Run.MaximumLength];
        foreach (var run in secrets.Distinct(StringComparer.Ordinal).SelectMany(RunsOf))
        {
            Cover(bytes, run.Span, isMasked);
            for (var lead = 0; lead < Base64Run.Alignments; lead++)
            {
                Cover(digits, Base64Run.Write(run.Span, lead, encoded), isMasked);
            }
        }

        return Write(text, isMasked);
    }

    private static IEnumerable<ReadOnlyMemory<char>> RunsOf(string secret)
    {
        if (secret.Length < LeastMasked)
        {
            yield break;
        }

        var length = secret.Length < LeastCut ? secret.Length : Math.Min(LongestRun, secret.Length / 2);
        var isAscii = Ascii.IsValid(secret);
        for (var start = 0; start + length <= secret.Length; start++)
        {
            if (isAscii)
            {
                yield return secret.AsMemory(start, length);
                continue;
            }

            var end = start + length;
            if (!char.IsLowSurrogate(secret[start]))
            {
                var whole = end < secret.Length && char.IsLowSurrogate(secret[end]) ? end + 1 : end;
                yield return TextReading.BytesOf(secret.AsSpan(start, whole - start)).AsMemory();
            }
        }
    }

    private void Cover(RunIndex index, ReadOnlySpan<char> run, bool[] isMasked)
    {
        if (index.Take(run) is not { } places)
        {
            return;
        }

        foreach (var shown in _plain)
        {
            if (shown.AsSpan().Contains(run, StringComparison.Ordinal))
            {
                return;
            }
        }

        foreach (var (start, end) in places)
        {
            isMasked.AsSpan(start, end - start).Fill(true);
        }
    }

    private static string Write(string text, bool[] isMasked)
    {
        var written = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!isMasked[i])
            {
                written.Append(text[i]);
            }
            else if (i == 0 || !isMasked[i - 1])
            {
                written.Append(SecretText.Mark);
            }
        }

        return written.ToString();
    }

    /// <summary>Every stretch of some readings by its characters, made for a length when one is first asked for.</summary>
    private sealed class RunIndex(TextReading[] readings)
    {
        private readonly Dictionary<int, Dictionary<string, List<(int Start, int End)>>> _byLength = [];

        /// <summary>Where a run stands; given once, so that a run which a long secret repeats is worked on once.</summary>
        public List<(int Start, int End)>? Take(ReadOnlySpan<char> run)
        {
            if (!_byLength.TryGetValue(run.Length, out var index))
            {
                _byLength[run.Length] = index = Of(run.Length);
            }

            return index.GetAlternateLookup<ReadOnlySpan<char>>().Remove(run, out _, out var places) ? places : null;
        }

        private Dictionary<string, List<(int Start, int End)>> Of(int length)
        {
            var index = new Dictionary<string, List<(int Start, int End)>>(StringComparer.Ordinal);
            var lookup = index.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var reading in readings)
            {
                var bytes = reading.Bytes.AsSpan();
                for (var start = 0; start + length <= bytes.Length; start++)
                {
                    var run = bytes.Slice(start, length);
                    if (!lookup.TryGetValue(run, out var places))
                    {
                        lookup[run] = places = [];
                    }

                    places.Add(reading.PlaceOf(start, length));
                }
            }

            return index;
        }
    }
}
