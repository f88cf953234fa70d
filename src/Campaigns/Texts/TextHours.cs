using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Texts;

/// <summary>
/// At which hours texts of an account may arrive, by the clocks of whom it writes to: its own policy, or that of the account above it.
/// What the node answers by itself, what tells a code, and what answers somebody who wrote within a day goes at any hour.
/// </summary>
public sealed class TextHours(Database store, NumberingPlans plans)
{
    /// <summary>Every day, as 47 CFR 64.1200(c)(1) has it of calls.</summary>
    public static readonly CallingWindow Usual = new(WeekDays.Every, TimeSpan.FromHours(8), TimeSpan.FromHours(21));

    private const string Windows = "windows", Dates = "excluded_dates";
    private static readonly TimeSpan Talk = TimeSpan.FromDays(1), Unreadable = TimeSpan.FromMinutes(1);

    private readonly Lazy<RecipientZones> _zones = new(() => RecipientZones.Load(plans));

    /// <summary>What is wrong is named; nobody may write by a policy that has faults.</summary>
    public static CallingWindows Read(JsonObject policy, ICollection<WindowFault> faults) => new()
    {
        Windows = CallingWindowJson.ReadWindows(policy[Windows], Windows, faults),
        ExcludedDates = CallingWindowJson.ReadDates(policy[Dates], Dates, faults),
    };

    public static JsonObject Write(CallingWindows hours) => new()
    {
        [Windows] = CallingWindowJson.Write(hours.Windows), [Dates] = CallingWindowJson.Write(hours.ExcludedDates),
    };

    /// <summary>From that instant on, the first at which the text may arrive.</summary>
    /// <returns>Null when it never may, or when nobody knows where its recipient is.</returns>
    public async ValueTask<DateTimeOffset?> NextAsync(TextMessage text, DateTimeOffset from, CancellationToken stop)
    {
        if (text.IsAutomatic || text.IsHidden) return from;
        if (await PolicyOfAsync(store, text.Tenant, stop).ConfigureAwait(false) is not { } policy) return from;
        List<WindowFault> faults = [];
        var hours = Read(policy, faults);
        // Somebody must put it right.
        if (faults.Count > 0) return from + Unreadable;
        if (!hours.NeedZones) return from;
        if (await store.TextPolicies.HasWrittenAsync(text.Tenant, text.To, text.From, from - Talk, stop).ConfigureAwait(false)) return from;
        return E164.TryParse(text.To, out var number) && _zones.Value.Of(number) is { } zones ? hours.NextOpen(zones, from) : null;
    }

    /// <summary>The account's own, or that of the account above it; null where neither has one.</summary>
    internal static async ValueTask<JsonObject?> PolicyOfAsync(Database database, TenantId tenant, CancellationToken stop)
    {
        if (await database.TextPolicies.FindAsync(tenant, stop).ConfigureAwait(false) is { } own) return own;
        return database.Routing.Current.FindTenant(tenant)?.Parent is { } above
            ? await database.TextPolicies.FindAsync(above, stop).ConfigureAwait(false) : null;
    }
}
