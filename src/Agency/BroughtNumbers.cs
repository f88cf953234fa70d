using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Agency;

/// <summary>
/// Numbers that the agency has with a carrier of its own, and calls from. One is brought by whoever has proved that it is his: else anybody
/// would call in anybody's name.
/// </summary>
internal sealed class BroughtNumbers(AgencyParts parts)
{
    /// <summary>As the documents call whoever has a number.</summary>
    public const string Carrier = "byo_sip", Node = "internal";

    public async ValueTask<Reply> Import(OperationContext op)
    {
        var body = op.ReadObject();
        if (AgencyText.Number((string)body["phone_number"]!) is not { } text)       // required
            return op.Fail(AgencyText.Bad("phone_number", "phone_number is a number such as +12125550100."));
        var (scope, at) = (AgencyScope.Of(op), Times.Cut(op.Now));
        string? named = AgencyText.Text(body, "client_id")?.ToLowerInvariant();
        if (named is not null && await parts.Tenancy.ClientAsync(scope.Agency, named, op.Stop) is null) return op.Unknown("client_id");
        var known = (await parts.Numbers.ListAsync(scope.Agency, op.Stop)).FirstOrDefault(number => number.Text == text);
        if (known is { Account: not null }) return op.Fail(Owned(text));
        if (await parts.Brought.HolderAsync(scope.Agency, text, op.Stop) is not { } account) return op.Fail(Unproved(text));
        string? owner = account == scope.Agency ? null : account.ToString();
        if (owner is not null && named is not null && named != owner)
            return op.Fail(new Problem("invalid_state", "A client's own account has proved the number, which stays with it."));
        if (await parts.Room.ForNumberAsync(op, owner ?? named) is { } crowded) return op.Fail(crowded);
        // A client has its row before anything refers to it.
        if (owner is not null) await parts.Tenancy.ClientAsync(scope.Agency, owner, op.Stop);
        var number = new AgencyNumber
        {
            Id = AgencyNumberTable.IdOf(scope.Agency, text), Text = text, Account = account, IsBrought = true,
            // One of an account that is switched off is inactive whatever is said.
            Status = op.Routing.FindTenant(account) is { IsDisabled: true } ? AgencyNumber.Inactive : AgencyNumber.Active,
            FriendlyName = AgencyText.Text(body, "friendly_name"), ClientId = owner ?? named, Direction = "outbound",
            DailyCallCap = (long?)body["daily_call_cap"], StatusAt = at, CreatedAt = known?.CreatedAt ?? at, UpdatedAt = at,
        };
        var shown = AgencyNumbers.Show(number, scope);
        var note = op.Note("imported", AgencyNumbers.RecordType, number.Id.ToString(), null, shown.DeepClone().AsObject()) with
        {
            Tenant = scope.Agency,
        };
        Problem? full = null;
        return await parts.Brought.BringAsync(scope.Agency, number, note, op.Stop,
            db => (full = parts.Room.FaultOfNumbers(db, scope.Agency, number.ClientId)) is null) switch
        {
            _ when full is not null => op.Fail(full),
            WriteOutcome.Done => op.Created(shown),
            WriteOutcome.Duplicate => op.Fail(Owned(text)),
            WriteOutcome.Taken => op.Fail(Exists($"Another agency of this node calls from {text}.")),
            _ => op.Fail(Unproved(text)),
        };
    }

    private static Problem Owned(string text) => Exists($"{text} is the agency's already.");

    private static Problem Exists(string sentence) => new("already_exists", sentence) { Pointer = "/phone_number" };

    /// <summary>The same for a number that another account of the node has: whose that is is nobody's business.</summary>
    private static Problem Unproved(string text) => new("invalid_state",
        $"Nobody has proved that {text} is the agency's: it is verified first, by a call or a text with a code or by the operator.")
    {
        Pointer = "/phone_number",
    };
}
