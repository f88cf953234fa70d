using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Contract.Reference;

/// <summary>
/// Every name that outlives a process: of tables and columns, of what is inside JSON columns, of stored values, and of metrics. A list
/// without the names of types and members in the code, so that those may be renamed, and what an older node wrote is still read.
/// </summary>
internal static partial class StoredNames
{
    private static readonly string[] Projects = ["Core", "Calls", "Switch", "Store", "Campaigns", "Delivery", "Jobs", "Http"];
    private static readonly Assembly[] Assemblies = [.. Projects.Select(name => Assembly.Load("Ringwright." + name))];

    /// <param name="database">A SQLite file with the newest schema.</param>
    public static string Write(string database)
    {
        var text = new StringBuilder();
        Section(text, "Tables and their columns", Tables(database));
        Section(text, "Events and commands", Kinds());
        Section(text, "Members of JSON that is stored", Members());
        Section(text, "Values that are stored by name", Values());
        Section(text, "Metrics", Metrics());
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        text.Append("# ").Append(title).Append("\n\n");
        foreach (string line in lines.Distinct().Order(StringComparer.Ordinal)) text.Append(line).Append('\n');
        text.Append('\n');
    }

    private static IEnumerable<string> Tables(string database)
    {
        using var connection =
            new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "select t.name, c.name from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'";
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return $"{rows.GetString(0)}.{rows.GetString(1)}";
    }

    /// <summary>What stands beside the JSON to say which it is.</summary>
    private static IEnumerable<string> Kinds() => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(SubjectEvent)) || type.IsSubclassOf(typeof(SubjectCommand))))
        .Select(type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name));

    /// <summary>A line for each type, by the names of its members: what stands in one JSON object.</summary>
    private static IEnumerable<string> Members() => Serialized()
        .Where(type => type.Kind is JsonTypeInfoKind.Object && type.Properties.Count > 0)
        .Select(type => string.Join(' ', type.Properties.Select(property => property.Name).Order(StringComparer.Ordinal)));

    private static IEnumerable<string> Values()
    {
        // The source says which enums are stored in columns of their own; the others are inside JSON.
        var named = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => StoredEnum().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsEnum && named.Contains(type.Name))
            .Concat(Serialized().Select(json => Nullable.GetUnderlyingType(json.Type) ?? json.Type).Where(type => type.IsEnum));
        return types.Distinct().Select(type => string.Join(' ', Enum.GetNames(type).Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> Metrics() => Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => Metric().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)
        .Where(name => !name.EndsWith(".db", StringComparison.Ordinal) && !name.EndsWith(".dll", StringComparison.Ordinal));

    /// <summary>All types that the stores' serializers know, and what is inside them.</summary>
    private static List<JsonTypeInfo> Serialized()
    {
        var contexts = Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)));
        var found = new Dictionary<Type, JsonTypeInfo>();
        foreach (var type in contexts)
        {
            // generated
            var context = (JsonSerializerContext)type.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            foreach (var root in type.GetCustomAttributesData().Where(data => data.AttributeType == typeof(JsonSerializableAttribute)))
                Add(context, (Type)root.ConstructorArguments[0].Value!, found); // typeof(…) is what the attribute takes
        }
        return [.. found.Values];
    }

    private static void Add(JsonSerializerContext context, Type type, Dictionary<Type, JsonTypeInfo> found)
    {
        if (found.ContainsKey(type) || context.GetTypeInfo(type) is not { } json) return;
        found.Add(type, json);
        foreach (var property in json.Properties) Add(context, property.PropertyType, found);
        if (json.ElementType is { } element) Add(context, element, found);
        else if (Nullable.GetUnderlyingType(type) is { } underlying) Add(context, underlying, found);
        else if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            foreach (var part in type.GetGenericArguments()) Add(context, part, found);
    }

    [GeneratedRegex(@"\bNames<(\w+)>")]
    private static partial Regex StoredEnum();

    // Of a setting of PostgreSQL too, which is no worse to keep.
    [GeneratedRegex("\"(ringwright\\.[a-z_.]+)\"")]
    private static partial Regex Metric();
}
