using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>The parameters of a setting: pairs of name and value, as its condition wants them.</summary>
internal static class SettingParameters
{
    public static string? Find(JsonObject setting, string name) =>
        (setting["parameters"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(p => p.Text("name") == name)?.Text("value");

    public static Problem? Check(OperationContext op, NotificationCondition condition, JsonObject body)
    {
        var given = body["parameters"] as JsonArray ?? [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < given.Count; i++)
        {
            string? name = (given[i] as JsonObject)?.Text("name"), value = (given[i] as JsonObject)?.Text("value");
            if (condition.Parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
                return NotificationRules.At($"/parameters/{i}/name", NotificationRules.BadKey, condition.Parameters.Count == 0
                    ? "This condition takes no parameters."
                    : $"This condition takes {string.Join(", ", condition.Parameters.Select(p => p.Name))}.");
            if (!seen.Add(parameter.Name))
                return NotificationRules.At($"/parameters/{i}/name", NotificationRules.BadKey, $"{name} is given twice.");
            if (WrongWith(op, parameter, value) is { } wrong)
                return NotificationRules.At($"/parameters/{i}/value", NotificationRules.BadContext, wrong);
        }
        return condition.Parameters.FirstOrDefault(p => !p.IsOptional && !seen.Contains(p.Name)) is { } missing
            ? NotificationRules.At("/parameters", NotificationRules.BadKey, $"This condition needs the parameter {missing.Name}.") : null;
    }

    private static string? WrongWith(OperationContext op, ConditionParameter parameter, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return $"{parameter.Name} needs a value.";
        if (parameter.Type == "decimal" && !decimal.TryParse(value, System.Globalization.NumberStyles.Float,
            System.Globalization.CultureInfo.InvariantCulture, out _)) return $"{parameter.Name} must be a number.";
        if (parameter.Name != NotificationCondition.PhoneNumber) return null;
        return E164.TryParse(value, out var number) && op.Routing.FindNumber(number.Text)?.Tenant == op.Tenant
            && number.Text == value ? null : $"{parameter.Name} must be a number of this account in +E.164 format.";
    }
}
