using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Platform;

/// <summary>
/// What an administrator of the platform asks: what is of no agency, or, with two headers, something within one. Whoever acts within an
/// agency says why, and that stands in the agency's trail before anything is done.
/// </summary>
internal sealed class ActingAdministrators(AgencyParts parts)
{
    private const string Agency = "X-Act-As-Agency", Reason = "X-Act-Reason";
    private const int MostLetters = 500;

    /// <summary>What is of no agency.</summary>
    private static readonly HashSet<string> OfPlatform =
        ["ListAgencies", "CreateAgency", "TickWorker", "ListVoices", "GetMe", "ChangePassword", "Logout"];

    public static bool IsOne(OperationContext op) =>
        op.Caller.Title is AgencyRoles.Platform && AgencyKeys.AdministratorOf(op.Caller.KeyId) is not null;

    /// <param name="next">Judges the permission, and does what is asked.</param>
    public async ValueTask<Reply> AskAsync(OperationContext op, string permission, Func<OperationContext, ValueTask<Reply>> next)
    {
        if (op.Header(Agency) is not { Length: > 0 } named)
            return OfPlatform.Contains(op.Operation.Id) ? await next(op)
                : op.Fail(Fault.Forbidden, $"An administrator of the platform says by {Agency} in which agency, and by {Reason} why.");
        if (!Permissions.May(AgencyRoles.Acting, permission))
            return op.Fail(Fault.Forbidden, $"An administrator of the platform does not have {permission}, within an agency neither.");
        string reason = op.Header(Reason)?.Trim() ?? "";
        if (reason.Length is 0 or > MostLetters || reason.Any(char.IsControl))
            return op.Fail(new Problem("validation_error", $"{Reason} says why, in 1 to {MostLetters} characters.") { Parameter = Reason });
        if (!Guid.TryParseExact(named, "D", out var id) || op.Routing.FindTenant(new(id)) is not { Parent: null })
            return op.Fail(Fault.UnknownResource, $"{Agency} names no agency.");
        var agency = new TenantId(id);
        await parts.Store.Audit.AppendAsync(op.Note("acted", "agency", named, null,
            new() { ["operation"] = op.Operation.Id, ["reason"] = reason }) with
        { Tenant = agency }, op.Stop);
        return await next(op.As(op.Caller with { Root = agency, Title = AgencyRoles.Acting }));
    }
}
