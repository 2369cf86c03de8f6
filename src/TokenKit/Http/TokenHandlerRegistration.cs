namespace TokenKit.Http;

/// <summary>Which token the handler of a client places; kept among the services so that a second registration is noticed.</summary>
internal sealed record TokenHandlerRegistration(string ClientName, string TokenName);
