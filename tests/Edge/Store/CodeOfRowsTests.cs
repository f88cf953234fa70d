using Dapper;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Code that reads rows is compiled, which is dearer than most statements.</summary>
public sealed class CodeOfRowsTests
{
    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task It_is_made_once_for_all_databases_of_a_product(Product product)
    {
        string sql = $"select 'yes' as of_{product}";
        for (int i = 0; i < 3; i++)
        {
            await using var test = await TestDatabase.OpenAsync(product);
            Assert.Equal("yes", Assert.Single(await test.QueryAsync(sql)));
        }
        Assert.Single(SqlMapper.GetCachedSQL(), known => known.Item2 == sql);
    }
}
