using Ringwright.Agency;
using Ringwright.Edge.Agency.Walks;

namespace Ringwright.Edge.Agency;

/// <summary>The node's table of who may do what is held to what was agreed; <see cref="AgencyPartWalkTests"/> asks a node.</summary>
public sealed class AgencyMatrixTests
{
    private const int RowsAgreed = 66;

    [Fact]
    public void The_nodes_table_is_what_was_agreed_cell_by_cell()
    {
        Assert.Equal(Enumerable.Range(1, RowsAgreed), AgencyMatrix.Rows.Select(row => row.Number).Distinct());
        Assert.Equal(Permissions.All.Order(StringComparer.Ordinal),
            AgencyMatrix.Rows.Select(row => row.Permission).Distinct().Order(StringComparer.Ordinal));
        Assert.All(AgencyMatrix.Rows, row => Assert.All(AgencyMatrix.Parts, role =>
        {
            var (ours, agreed) = (Permissions.ClassOf(row.Permission, role), AgencyMatrix.WordOf(row.CellOf(role)));
            Assert.True(ours == agreed, $"{row.Number} {row.Permission}, {role}: {ours} in place of {agreed}");
        }));
    }

    [Fact]
    public void Each_operation_that_is_in_stands_in_a_row() => Assert.All(AgencyArrangement.Bound.Where(one => !one.IsPublic),
        one => Assert.True(AgencyMatrix.Has(one.Id), $"{one} is in: {nameof(AgencyMatrix)} is to say which row it is."));
}
