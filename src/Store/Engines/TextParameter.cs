using System.Buffers;
using System.Data;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ringwright.Store.Engines;

/// <summary>
/// Text as a parameter of either database. PostgreSQL gets it without a type and takes it for what the statement needs:
/// a time, a JSON document, an id.
/// </summary>
internal static class TextParameter
{
    // A zero is no character for PostgreSQL, and half a surrogate pair is none in UTF-8.
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(c => (char)c), '\0']);

    public static void Set(IDbDataParameter parameter, string text)
    {
        if (parameter is NpgsqlParameter npgsql)
        {
            npgsql.NpgsqlDbType = NpgsqlDbType.Unknown;
            npgsql.Value = Clean(text);
            return;
        }
        parameter.DbType = DbType.String;
        parameter.Value = text;
    }

    internal static string Clean(string text) =>
        text.AsSpan().ContainsAny(Suspects) ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD') : text;
}
