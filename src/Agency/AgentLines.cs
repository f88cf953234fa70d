using System.Globalization;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Agency;

/// <summary>
/// Where calls to numbers go that are assigned to agents, or were bought here: to an application that an account has for them all. Whose
/// the number is is looked up in each call, so a number that nobody has any more stays there.
/// </summary>
internal static class AgentLines
{
    private const string Name = "Agents of the agency";

    /// <summary>Calls to the numbers come to their agents, unless something of their account answers them already.</summary>
    public static async ValueTask JoinAsync(OperationContext op, AgencyParts parts, IReadOnlyCollection<AgencyNumber> numbers)
    {
        var routing = parts.Store.Routing.Current;
        foreach (var own in numbers.Where(number => number.Account is not null && routing.FindOwnNumber(number.Text)?.Connection is null)
            .GroupBy(number => number.Account!.Value, number => number.Text))       // those without are gone
            // Another API may have given one an application meanwhile: that stays.
            if (await LineAsync(op, parts, own.Key) is { } line)
                await parts.Store.Numbers.LeadAsync(own.Key, [.. own], line, op.Now, op.Stop);
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
