using System.Data;
using Dapper;

namespace Ringwright.Store.Engines;

/// <summary>The rows of <c>values @name</c>, one parameter each: a table of one column, in which each row of a statement looks.</summary>
/// <param name="values">At least one.</param>
internal sealed class ValueRows(IReadOnlyList<string> values) : SqlMapper.ICustomQueryParameter
{
    public void AddParameter(IDbCommand command, string name)
    {
        var rows = new List<string>(values.Count);
        foreach (string value in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"{name}_{rows.Count}";
            TextParameter.Set(parameter, value);
            command.Parameters.Add(parameter);
            // PostgreSQL takes it for nothing in particular.
            rows.Add($"(cast(@{parameter.ParameterName} as text))");
        }
        command.CommandText = command.CommandText.Replace($"values @{name}", $"values {string.Join(", ", rows)}", StringComparison.Ordinal);
    }
}
