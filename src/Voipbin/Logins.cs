using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>
/// A name and a password for a token. Who fails too often from one address is not listened to for a minute, and a name that many try from
/// many addresses is locked for a while, but from where its agent logs in.
/// </summary>
internal sealed class Logins(VoipbinParts parts)
{
    private const int MostFailures = 20;

    private readonly BruteForceLimiter _failed = new();
    private readonly SignInLocks _locks = new();

    public async ValueTask<Reply> Handle(OperationContext op)
    {
        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        var body = op.ReadObject();
        string username = ((string?)body["username"] ?? "").Trim().ToLowerInvariant(), password = (string?)body["password"] ?? "";
        if (Unheard(op, username, source) is { } unheard) return unheard;
        if (await FindAsync(op, username, password, source) is not { } agent)
        {
            // Others that came at once were counted meanwhile, and this one was not looked at.
            if (Unheard(op, username, source) is { } late) return late;
            _locks.Fail(username, op.Now);
            _failed.Count(source, op.Now);
            return new() { Status = StatusCodes.Status400BadRequest };
        }
        _locks.Show(username, source, op.Now);
        var ends = op.Now + AgentTokens.Life;
        string token = new AgentTokens(parts.Store.Node).Write(
            new(agent.Tenant, agent.Id, AgentTokens.StampOf((string)agent.Body[Agents.PasswordHash]!), ends), op.Now);
        var cookie = new SetCookieHeaderValue(VoipbinForm.TokenCookie, token)
        {
            HttpOnly = true, Secure = true, SameSite = Microsoft.Net.Http.Headers.SameSiteMode.Strict, Path = "/",
            MaxAge = AgentTokens.Life,
        };
        return op.Ok(new JsonObject { ["username"] = username, ["token"] = token }).With("Set-Cookie", cookie.ToString())
            .With("Cache-Control", "no-store");
    }

    /// <returns>The refusal; null for whoever is heard.</returns>
    private Reply? Unheard(OperationContext op, string username, string source) =>
        _failed.IsShut(source, MostFailures, op.Now) ? TooMany(op, "Too many logins failed: try again in a minute.", "60")
        : _locks.IsLocked(username, source, op.Now)
            ? TooMany(op, "Too many logins by this name have failed: try again in a quarter of an hour.", "900") : null;

    private static Reply TooMany(OperationContext op, string sentence, string seconds) =>
        op.Fail(op.Dialect.Errors.Problem(Fault.TooManyRequests, sentence) with
        {
            Word = "ip"
        }).With("Retry-After", seconds);

    private async ValueTask<ResourceRow?> FindAsync(OperationContext op, string username, string password, string source)
    {
        ResourceRow? agent = null;
        if (username.Length > 0)
            foreach (var (tenant, id) in await parts.Store.Documents.FindNamedAsync(Agents.RecordType, Agents.Username, username, op.Stop))
                agent ??= await parts.Store.Documents.Rows(Agents.Stored).FindAsync(tenant, id, op.Stop);
        bool fits = await Passwords.FitsAsync((string?)agent?.Body[Agents.PasswordHash], password,
            () => Unheard(op, username, source) is null, op.Stop);
        return fits ? agent : null;
    }
}
