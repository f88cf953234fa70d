using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;

namespace Ringwright.Store.Engines;

/// <summary>How our value types travel through Dapper. Registered once per process, which is the only way that Dapper knows.</summary>
internal static class DapperTypes
{
    private static readonly Lazy<bool> Registered = new(Add);

    public static void Register() => _ = Registered.Value;

    private static bool Add()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper's own mapping of these would win over a handler.
        SqlMapper.RemoveTypeMap(typeof(string));
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new TextHandler<string>(v => v, t => t));
        SqlMapper.AddTypeHandler(new TextHandler<Guid>(v => v.ToString(), Guid.Parse));
        SqlMapper.AddTypeHandler(new TimeHandler());
        SqlMapper.AddTypeHandler(new TextHandler<LegId>(v => v.ToString(), ParseLeg));
        SqlMapper.AddTypeHandler(new TextHandler<TenantId>(v => v.ToString(), t => new(Guid.Parse(t))));
        SqlMapper.AddTypeHandler(new TextHandler<SessionId>(v => v.ToString(), t => new(Guid.Parse(t))));
        SqlMapper.AddTypeHandler(new TextHandler<TrunkId>(v => v.ToString(), t => new(Guid.Parse(t))));
        // written by us, never "null"
        SqlMapper.AddTypeHandler(new TextHandler<JsonObject>(v => v.ToJsonString(), t => JsonNode.Parse(t)!.AsObject()));
        SqlMapper.AddTypeHandler(new ConnectionHandler());
        SqlMapper.ConnectionStringComparer = new ProductComparer();
        return true;
    }

    private static LegId ParseLeg(string text) =>
        LegId.TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no leg id.");

    private sealed class TextHandler<T>(Func<T, string> write, Func<string, T> read) : SqlMapper.TypeHandler<T>
    {
        public override void SetValue(IDbDataParameter parameter, T? value)
        {
            if (value is null) parameter.Value = DBNull.Value;
            else TextParameter.Set(parameter, write(value));
        }

        public override T Parse(object value) => read((string)value);
    }

    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => TextParameter.Set(parameter, Times.Text(value));

        public override DateTimeOffset Parse(object value) => Times.Read(value);
    }

    private sealed class ConnectionHandler : SqlMapper.TypeHandler<ConnectionId>
    {
        public override void SetValue(IDbDataParameter parameter, ConnectionId value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.Value;
        }

        public override ConnectionId Parse(object value) => new(Convert.ToInt64(value, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// All databases of one product are read by the same code. Dapper makes it for each connection string otherwise, and a process that
    /// opens a second database compiles all of it again. Columns of other types, as of an older schema, are noticed by Dapper itself.
    /// </summary>
    private sealed class ProductComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => IsFile(x) == IsFile(y);

        public int GetHashCode(string obj) => IsFile(obj) ? 1 : 0;

        private static bool IsFile(string? connection) => connection?.StartsWith("Data Source=", StringComparison.Ordinal) ?? false;
    }
}
