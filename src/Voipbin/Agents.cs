using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin;

/// <summary>People who log in and are rung by queues.</summary>
internal static class Agents
{
    public const string Noun = "agent", RecordType = "voipbin_" + Noun, Username = "username", Password = "password",
        PasswordHash = "password_hash";

    /// <summary>Bits of <c>permission</c> that a customer may give.</summary>
    public const int IsAgent = 16, IsAdmin = 32, IsManager = 64;

    private const int LeastPassword = 8;

    private static readonly string[] Statuses = ["available", "away", "busy", "offline"];

    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored =
        new(RecordType) { Deletes = DeleteStyle.Keep, Unique = [Username], Secrets = [PasswordHash] };

    public static ResourceKind Kind(Contract contract, VoipbinEvents events, VoipbinParts parts, ResourceKind tags) =>
        VoipbinShape.Kind(contract, events, "Agent", Noun) with
        {
            Unique = Stored.Unique,
            Secrets = Stored.Secrets,
            Defaults = new() { ["status"] = "offline" },
            Filterable = ["status"],
            Queries = new Dictionary<string, (string, string)> { ["tag_ids"] = ("tag_ids", "in") },
            Validate = (op, body, before) => CheckAsync(op, body, before, parts, tags),
            BeforeDelete = (op, row) => new(MayTouch(op, row.Body, row)),
            Changed = (change, _) =>
            {
                parts.KeysChanged();
                parts.AgentsChanged(change.Row.Tenant);
                return default;
            },
        };

    public static CallerRole RoleOf(JsonObject agent) => (int?)agent["permission"] switch
    {
        { } bits when (bits & IsAdmin) != 0 => CallerRole.Owner,
        { } bits when (bits & IsManager) != 0 => CallerRole.Member,
        { } bits when (bits & IsAgent) != 0 => CallerRole.Reader,
        _ => CallerRole.Public,
    };

    public static string KeyIdOf(string agent) => "agent " + agent;

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, VoipbinParts parts,
        ResourceKind tags)
    {
        if (MayTouch(op, body, before) is { } refusal) return refusal;
        int permission = (int?)body["permission"] ?? 0;
        if ((permission & ~(IsAgent | IsAdmin | IsManager)) != 0)
            return VoipbinShape.Bad("permission", "permission may have the bits 16 (agent), 32 (admin) and 64 (manager).");
        if (before is null && await CheckNameAsync(op, body, parts) is { } named) return named;
        if (SetPassword(op, body, before) is { } weak) return weak;
        if ((string?)body["status"] is { } status && status != (string?)before?.Body["status"] && !Statuses.Contains(status))
            return VoipbinShape.Bad("status", $"status must be one of {string.Join(", ", Statuses)}.");
        if (before is not null && op.BodySchema?.FindProperty("status") is not null) AgentPresence.Keep(body);
        foreach (var node in body["addresses"] as JsonArray ?? [])
            if (node is not JsonObject address) return VoipbinShape.Bad("addresses", "addresses has something that is no address.");
            else if (VoipbinAddress.Check("addresses", address) is { } wrong) return wrong;
        return await VoipbinShape.CheckReferencesAsync(op, tags, "tag_ids", body["tag_ids"] as JsonArray ?? []);
    }

    /// <summary>
    /// An agent changes only itself, and nobody but an admin makes, changes or deletes one who is or would be an admin: whoever could set
    /// the password of an admin would be one.
    /// </summary>
    private static Problem? MayTouch(OperationContext op, JsonObject after, ResourceRow? before)
    {
        var role = op.Caller.Role;
        if (role >= CallerRole.Owner) return null;
        bool isSelf = before is not null && op.Caller.KeyId == KeyIdOf(before.Id);
        bool isAdmin = (((int?)after["permission"] ?? 0) & IsAdmin) != 0 || (((int?)before?.Body["permission"] ?? 0) & IsAdmin) != 0;
        if (isAdmin) return op.Dialect.Errors.Problem(Fault.Forbidden, "Only an admin may do this to an admin.");
        return role >= CallerRole.Member || isSelf ? null
            : op.Dialect.Errors.Problem(Fault.Forbidden, "An agent may change only itself.");
    }

    /// <summary>A name is one agent's on the whole node: who logs in names no customer.</summary>
    private static async ValueTask<Problem?> CheckNameAsync(OperationContext op, JsonObject body, VoipbinParts parts)
    {
        string name = ((string?)body[Username] ?? "").Trim().ToLowerInvariant();
        int at = name.IndexOf('@');
        if (at < 1 || at != name.LastIndexOf('@') || at == name.Length - 1 || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            return VoipbinShape.Bad(Username, "username must be an e-mail address.", "INVALID_USERNAME_FORMAT");
        body[Username] = name;
        return (await parts.Store.Documents.FindNamedAsync(RecordType, Username, name, op.Stop)).Count == 0 ? null
            : op.Dialect.Errors.Problem(Fault.Duplicate, "There is an agent of this name.");
    }

    /// <summary>The text becomes its hash and is stored nowhere.</summary>
    private static Problem? SetPassword(OperationContext op, JsonObject body, ResourceRow? before)
    {
        body.Remove(Password, out var given);
        // A change of something else keeps it.
        if (before is not null && op.BodySchema?.FindProperty(Password) is null) return null;
        string text = (string?)given ?? "";
        if (text.Length < LeastPassword)
            return VoipbinShape.Bad(Password, $"password must have at least {LeastPassword} characters.");
        body[PasswordHash] = Passwords.HashOf(text);
        return null;
    }
}
