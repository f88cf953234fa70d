using System.Globalization;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Agency;

/// <summary>
/// Where calls to numbers go that are assigned to agents: to an application that an account has for them all. Whose the number is is looked
/// up in each call, so a number that nobody has any more stays there.
/// </summary>
internal static class AgentLines
{
    private const string Name = "Agents of the agency";

    /// <summary>Calls to the number come to its agent, unless something of the account answers them already.</summary>
    public static async ValueTask JoinAsync(OperationContext op, AgencyParts parts, AgencyNumber number)
    {
        if (number is not { Account: { } account, Agent: not null }) return;
        var numbers = parts.Store.Numbers;
        if (await numbers.FindIdAsync(account, number.Text, op.Stop) is not { } id
            || await numbers.Records.FindAsync(account, id, op.Stop) is not { Record.Connection: null }) return;
        if (await LineAsync(op, parts, account) is not { } line) return;
        // Another API may have given it an application meanwhile: that stays.
        await numbers.Records.ChangeAsync(account, id, before => before.Connection is null ? before with { Connection = line } : before,
            op.Now, (_, _) => null, op.Stop);
    }

    /// <summary>Calls to the number come here, as calls go now.</summary>
    public static bool Answers(RoutingSnapshot routing, AgencyNumber number) =>
        routing.FindOwnNumber(number.Text) is { Connection: { } id } held && routing.FindConnection(held.Tenant, id) is { } connection
        && IsLine(connection);

    /// <summary>The account's, made where it has none yet.</summary>
    private static async ValueTask<ConnectionId?> LineAsync(OperationContext op, AgencyParts parts, TenantId account)
    {
        var connections = parts.Store.Connections.Records;
        var known = (await connections.ListAsync(account, 0, int.MaxValue, op.Stop)).Rows.FirstOrDefault(row => IsLine(row.Record));
        if (known is not null) return known.Record.Id;
        var line = new Connection
        {
            Id = new(op.Snowflakes.Next()), Tenant = account, Kind = ConnectionKind.CallControl, Name = Name,
            Application = new(ApplicationKind.Script, AgencyTalks.Line),
            // Whoever is on the line may be put through.
            OutboundProfile = op.Routing.FindTenant(account)?.DefaultProfile,
        };
        string id = line.Id.Value.ToString(CultureInfo.InvariantCulture);
        return await connections.AddAsync(id, line, op.Now, work: null, op.Stop) is WriteOutcome.Done ? line.Id : null;
    }

    private static bool IsLine(Connection connection) =>
        connection.Application is { Kind: ApplicationKind.Script, Target: AgencyTalks.Line };
}
