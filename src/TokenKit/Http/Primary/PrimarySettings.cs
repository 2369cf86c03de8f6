using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace TokenKit.Http.Primary;

/// <summary>What the handler that has the connections does with redirects and cookies, read and changed the same way for all known kinds.</summary>
internal abstract class PrimarySettings
{
    public abstract bool FollowsRedirects { get; set; }

    public abstract int MaxRedirects { get; }

    public abstract bool KeepsCookies { get; set; }

    /// <summary>The settings of a handler; <see langword="null"/> where its kind is not known.</summary>
    public static PrimarySettings? Of(HttpMessageHandler primary) => primary switch
    {
        SocketsHttpHandler sockets => new Sockets(sockets),
        HttpClientHandler client => new Client(client),
        _ => WinHttp.TryOf(primary),
    };

    private sealed class Sockets(SocketsHttpHandler handler) : PrimarySettings
    {
        public override bool FollowsRedirects
        {
            get => handler.AllowAutoRedirect;
            set => handler.AllowAutoRedirect = value;
        }

        public override int MaxRedirects => handler.MaxAutomaticRedirections;

        public override bool KeepsCookies
        {
            get => handler.UseCookies;
            set => handler.UseCookies = value;
        }
    }

    private sealed class Client(HttpClientHandler handler) : PrimarySettings
    {
        public override bool FollowsRedirects
        {
            get => handler.AllowAutoRedirect;
            set => handler.AllowAutoRedirect = value;
        }

        public override int MaxRedirects => handler.MaxAutomaticRedirections;

        public override bool KeepsCookies
        {
            get => handler.UseCookies;
            set => handler.UseCookies = value;
        }
    }

    /// <summary>The handler over Windows' own HTTP, from a package that is not referenced here: known by its name.</summary>
    private sealed class WinHttp(HttpMessageHandler handler, PropertyInfo follows, PropertyInfo most, PropertyInfo cookies) : PrimarySettings
    {
        // CookieUsePolicy.IgnoreCookies.
        private const int IgnoreCookies = 0;

        public override bool FollowsRedirects
        {
            get => (bool)follows.GetValue(handler)!;
            set => Set(follows, value);
        }

        public override int MaxRedirects => (int)most.GetValue(handler)!;

        public override bool KeepsCookies
        {
            get => Convert.ToInt32(cookies.GetValue(handler), System.Globalization.CultureInfo.InvariantCulture) != IgnoreCookies;
            set
            {
                if (!value)
                {
                    Set(cookies, Enum.ToObject(cookies.PropertyType, IgnoreCookies));
                }
            }
        }

        [UnconditionalSuppressMessage(
            "Trimming", "IL2075", Justification = "Where trimming has removed one of the properties, the handler is one of an unknown kind.")]
        public static WinHttp? TryOf(HttpMessageHandler handler) =>
            handler.GetType() is { FullName: "System.Net.Http.WinHttpHandler" } type
            && type.GetProperty("AutomaticRedirection") is { CanWrite: true } follows
            && type.GetProperty("MaxAutomaticRedirections") is { } most
            && type.GetProperty("CookieUsePolicy") is { CanWrite: true } cookies
                ? new(handler, follows, most, cookies)
                : null;

        private void Set(PropertyInfo property, object value)
        {
            try
            {
                property.SetValue(handler, value);
            }
            catch (TargetInvocationException e) when (e.InnerException is InvalidOperationException cause)
            {
                throw cause;
            }
        }
    }
}
