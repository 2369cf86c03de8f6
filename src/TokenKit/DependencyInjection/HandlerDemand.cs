using TokenKit.Http;

namespace TokenKit.DependencyInjection;

/// <summary>Demands that every token is registered which a client's handler places.</summary>
internal sealed class HandlerDemand(IEnumerable<TokenHandlerRegistration> handlers, TokenNames names) : IStartDemand
{
    public IEnumerable<string> Faults() =>
        handlers.Where(handler => !names.Contain(handler.TokenName)).Select(handler => FaultOf(handler, names));

    public static string FaultOf(TokenHandlerRegistration handler, TokenNames names) =>
        $"HTTP client '{handler.ClientName}' needs token '{handler.TokenName}', and {names.Unknown(handler.TokenName, $"AddTokenRefreshHandler(\"{handler.TokenName}\")")}";
}
