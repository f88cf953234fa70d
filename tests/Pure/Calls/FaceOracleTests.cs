using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

/// <summary>The table of the faces is held against what was written by hand, and no cell of it can be wrong unnoticed.</summary>
public sealed class FaceOracleTests
{
    private static Dictionary<(string Column, CallEnd End), string> Cells() => FaceTable.Names
        .SelectMany(column => FaceTable.Of(column).All.Select(row => (Key: (column, row.Key), row.Value)))
        .ToDictionary(cell => cell.Key, cell => cell.Value);

    [Fact]
    public void Each_cell_says_what_the_documents_of_its_face_say()
    {
        Assert.Equal(FaceOracle.Columns.Order(), FaceTable.Names.Order());
        Assert.Empty(FaceOracle.Differences(Cells()));
    }

    [Fact]
    public void A_wrong_word_in_any_cell_is_noticed_and_it_alone()
    {
        var cells = Cells();
        int wrongs = 0;
        foreach (string column in FaceTable.Names)
        {
            string[] words = [.. FaceTable.Of(column).All.Values.Distinct()];
            foreach (var (end, right) in FaceTable.Of(column).All)
            {
                foreach (string wrong in words.Where(word => word != right))
                {
                    cells[(column, end)] = wrong;
                    Assert.Equal($"{column} of {end}: {wrong}", Assert.Single(FaceOracle.Differences(cells)));
                    wrongs++;
                }
                cells[(column, end)] = right;
            }
        }
        // Each cell was wrong in one way at least.
        Assert.True(wrongs >= cells.Count, $"{wrongs} wrong words for {cells.Count} cells");
    }
}
