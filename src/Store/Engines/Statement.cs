using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;
using Ringwright.Store.Sqlite;

namespace Ringwright.Store.Engines;

/// <summary>
/// One statement of those that every call runs many times. Its values are bound by their places: Dapper makes an object of all of them and
/// a parameter of each, and costs more than the statement does.
/// </summary>
internal sealed partial class Statement(string text)
{
    private readonly string[] _names = [.. Parameter().Matches(text).Select(match => match.Value).Distinct()];

    /// <param name="values">Text, whole numbers, truth values or null, for each parameter in the order in
    /// which the text first names them.</param>
    /// <returns>Rows that it inserted, updated or deleted.</returns>
    public int Run(IDbConnection db, params ReadOnlySpan<object?> values)
    {
        if (db is PreparingConnection kept) return kept.Run(text, values).Changed;
        using var command = Compose((DbConnection)db, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The same for an insertion that returns a number.</summary>
    public long Insert(IDbConnection db, params ReadOnlySpan<object?> values)
    {
        if (db is PreparingConnection kept) return kept.Run(text, values).Returned;
        using var command = Compose((DbConnection)db, values);
        return (long)command.ExecuteScalar()!; // what the text returns is never null
    }

    private DbCommand Compose(DbConnection db, ReadOnlySpan<object?> values)
    {
        if (values.Length != _names.Length)
            throw new ArgumentException($"{values.Length} values for {_names.Length} parameters: {text}", nameof(values));
        var command = db.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = _names[i];
            if (values[i] is string said) TextParameter.Set(parameter, said);
            else parameter.Value = values[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    [GeneratedRegex("@[A-Za-z]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Parameter();
}
