using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>A name and a password for a token. Who fails too often from one address is not listened to for a minute.</summary>
internal sealed class Logins(VoipbinParts parts)
{
    private const int MostFailures = 20;

    private readonly BruteForceLimiter _failed = new();

    public async ValueTask<Reply> Handle(OperationContext op)
    {
        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        if (await _failed.IsShutAsync(source, MostFailures, op.Now, op.Stop))
            return op.Fail(op.Dialect.Errors.Problem(Fault.TooManyRequests, "Too many logins failed: try again in a minute.") with
            {
                Word = "ip"
            }).With("Retry-After", "60");
        var body = op.ReadObject();
        string username = ((string?)body["username"] ?? "").Trim().ToLowerInvariant(), password = (string?)body["password"] ?? "";
        if (await FindAsync(op, username, password) is not { } agent)
        {
            await _failed.CountAsync(source, op.Now, op.Stop);
            return new() { Status = StatusCodes.Status400BadRequest };
        }
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

    private async ValueTask<ResourceRow?> FindAsync(OperationContext op, string username, string password)
    {
        ResourceRow? agent = null;
        if (username.Length > 0)
            foreach (var (tenant, id) in await parts.Store.Documents.FindNamedAsync(Agents.RecordType, Agents.Username, username, op.Stop))
                agent ??= await parts.Store.Documents.Rows(Agents.Stored).FindAsync(tenant, id, op.Stop);
        return await Passwords.FitsAsync((string?)agent?.Body[Agents.PasswordHash], password, op.Stop) ? agent : null;
    }
}
