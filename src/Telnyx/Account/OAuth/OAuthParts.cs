using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>What the token server uses.</summary>
public sealed record OAuthParts
{
    public required Database Store { get; init; }
    /// <summary>What programs are let in with.</summary>
    public required AccessTokens Tokens { get; init; }
}
