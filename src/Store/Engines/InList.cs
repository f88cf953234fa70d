using System.Data;
using Dapper;

namespace Ringwright.Store.Engines;

/// <summary>
/// The values of <c>in @name</c>, one parameter each. Dapper would send PostgreSQL an array, which its <c>in</c>
/// does not take. An empty list fits nothing.
/// </summary>
public sealed class InList<T>(IReadOnlyList<T> values) : SqlMapper.ICustomQueryParameter
{
    public void AddParameter(IDbCommand command, string name)
    {
        var names = new List<string>(values.Count);
        foreach (var value in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"{name}_{names.Count}";
            parameter.Value = value;
            if (value is string text) TextParameter.Set(parameter, text);
            command.Parameters.Add(parameter);
            names.Add("@" + parameter.ParameterName);
        }
        command.CommandText = command.CommandText.Replace($"in @{name}",
            names.Count == 0 ? "in (null)" : $"in ({string.Join(", ", names)})", StringComparison.Ordinal);
    }
}
