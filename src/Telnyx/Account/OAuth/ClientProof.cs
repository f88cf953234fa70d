using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// How a program shows who it is (RFC 6749 section 2.3): a Basic header, fields of the body, or its id alone when it can keep no secret.
/// </summary>
internal sealed class ClientProof
{
    private readonly IBruteForceLimiter _wrong = new BruteForceLimiter();
    /// <summary>Programs that have shown the right secret: what others guess beside them does not keep them out.</summary>
    private readonly RecentMap<string, bool> _right = new(OAuthLimits.RightSecrets);

    /// <summary>The program, or the reason why it is not believed.</summary>
    public async ValueTask<(OAuthClient? Client, Problem? Problem)> FindAsync(OperationContext op, Database store, JsonObject body)
    {
        var (id, secret) = (body.Text("client_id"), body.Filled("client_secret"));
        if (string.Equals(op.Credential.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            if (secret is not null)
                return (null, OAuthProblems.InvalidRequest("The program's secret is in the header and in the body: send it once."));
            if (Basic(op.Credential.Token) is not { } basic) return (null, OAuthProblems.InvalidClient("The Basic header cannot be read."));
            if (id is not null && id != basic.Id)
                return (null, OAuthProblems.InvalidRequest("The header and the body name different programs."));
            (id, secret) = (basic.Id, basic.Secret.Length == 0 ? null : basic.Secret);
        }
        if (id is null)
            return (null, OAuthProblems.InvalidClient("No program said who it is: send client_id and client_secret, or a Basic header."));

        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        string shown = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {secret}")));
        if (await _wrong.IsShutAsync(source, OAuthLimits.WrongSecrets, op.Now, op.Stop) && !_right.TryGet(shown, out _))
            return (null, OAuthProblems.TooManyGuesses);
        var client = Guid.TryParseExact(id, "D", out var key) ? await store.OAuthClients.FindAsync(key, op.Stop) : null;
        if (client is not null && IsShown(client, secret))
        {
            _right.Set(shown, true);
            return (client, null);
        }
        _right.Remove(shown);
        await _wrong.CountAsync(source, op.Now, op.Stop);
        return (null, OAuthProblems.InvalidClient("There is no such program, or its secret is another one."));
    }

    private static bool IsShown(OAuthClient client, string? secret)
    {
        if (client.Secret is null) return secret is null;
        return secret is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(client.Secret)),
            SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }

    /// <summary>Both halves are encoded like a form before they are put into Base64.</summary>
    private static (string Id, string Secret)? Basic(string? token)
    {
        byte[] bytes = new byte[token?.Length ?? 0];
        if (token is null || !Convert.TryFromBase64String(token, bytes, out int written)) return null;
        string text = Encoding.UTF8.GetString(bytes, 0, written);
        int colon = text.IndexOf(':');
        return colon < 0 ? null : (WebUtility.UrlDecode(text[..colon]), WebUtility.UrlDecode(text[(colon + 1)..]));
    }
}
