using System.Reflection;
using System.Text.RegularExpressions;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Reads every SQL text of the store and of the modules.</summary>
public sealed partial class StatementTests
{
    // They belong to the node or the operator, not to a tenant.
    private static readonly string[] TablesOfNobody = [.. StoreAreas.Join(NodeModules.Areas).Tables
        .Where(t => !t.IsOfTenants).Select(t => t.Name)];

    // A module may have tables, and statements on them.
    private static readonly Assembly[] Assemblies =
    [
        .. typeof(NodeModules).Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("Ringwright.", StringComparison.Ordinal)).Select(Assembly.Load), // has one
    ];

    private static List<(string Where, string Sql)> Statements => In(Assemblies.SelectMany(assembly => assembly.GetTypes()));

    private static List<(string Where, string Sql)> In(IEnumerable<Type> types) =>
    [
        .. from type in types
           from constant in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where constant.IsLiteral && constant.FieldType == typeof(string)
           let sql = (string)constant.GetRawConstantValue()!
           where Table.IsMatch(sql)
           select ($"{type.Name}.{constant.Name}", sql),
    ];

    [Fact]
    public void A_statement_names_its_tenant_or_says_in_its_name_that_it_serves_all()
    {
        var bad = new List<string>();
        foreach (var (where, sql) in Statements)
        {
            if (Table.Matches(sql).All(t => TablesOfNobody.Contains(t.Value))) continue;
            bool isInsert = sql.StartsWith("insert", StringComparison.Ordinal);
            bool isScoped = isInsert ? sql.Contains("tenant_id", StringComparison.Ordinal) : TenantCondition().IsMatch(sql);
            bool saysSo = where.EndsWith("AllTenants", StringComparison.Ordinal);
            if (isScoped == saysSo) bad.Add(where);
        }
        Assert.Empty(bad);
    }

    private const string AllTenants = "store/all-tenants.tsv";

    /// <summary>Each with the reason for it. A new one is written down by <c>golden</c> without any, and the diff is the review.</summary>
    [Fact]
    public void Those_that_serve_all_tenants_are_listed() =>
        Golden.Matches(AllTenants, Listed(ServingAll(Statements), Golden.Read(AllTenants)));

    [Fact]
    public void One_that_was_added_is_a_line_of_the_list_and_the_others_keep_their_reasons()
    {
        const string known = "statement\twhy\nGoneTable.SelectAllTenants\tit was there\nNewTable.DeleteAllTenants\tthe sweep\n";
        Assert.Equal("statement\twhy\nNewTable.DeleteAllTenants\tthe sweep\nNewTable.SelectAllTenants\t-\n",
            Listed(ServingAll(In([typeof(NewTable)])), known));
    }

    private static class NewTable
    {
        public const string SelectAllTenants = "select * from rw_new";
        public const string DeleteAllTenants = "delete from rw_new";
        public const string SelectOne = "select * from rw_new where tenant_id = @tenant";
    }

    private static IEnumerable<string> ServingAll(IEnumerable<(string Where, string Sql)> statements) => statements.Select(s => s.Where)
        .Where(name => name.EndsWith("AllTenants", StringComparison.Ordinal) && !name.StartsWith("TenantTable.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static string Listed(IEnumerable<string> names, string known)
    {
        var reasons = known.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))
            .ToDictionary(row => row[0], row => row[1], StringComparer.Ordinal);
        return "statement\twhy\n" + string.Concat(names.Select(name => $"{name}\t{reasons.GetValueOrDefault(name, "-")}\n"));
    }

    [Fact]
    public void There_are_statements_to_read() => Assert.True(Statements.Count > 40, $"{Statements.Count} found");

    /// <summary>The node's own tables begin with <c>rw_</c>; a module's may have bare names, which are words of other texts too.</summary>
    private static readonly Regex Table = new(@"\brw_[a-z_]+|(?<=\b(?:from|join|into|update)\s+)(?:" + string.Join('|',
        StoreAreas.Join(NodeModules.Areas).Tables.Select(t => t.Name).Where(name => !name.StartsWith("rw_", StringComparison.Ordinal)))
        + @")\b");

    [GeneratedRegex(@"\bwhere\s+tenant_id = @tenant\b")]
    private static partial Regex TenantCondition();
}
