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
        foreach (string column in FaceTable.Names)
        {
            string[] words = [.. FaceTable.Of(column).All.Values.Distinct()];
            foreach (var (end, right) in FaceTable.Of(column).All)
            {
                string wrong = words[(Array.IndexOf(words, right) + 1) % words.Length];
                Assert.NotEqual(right, wrong);
                cells[(column, end)] = wrong;
                Assert.Equal($"{column} of {end}: {wrong}", Assert.Single(FaceOracle.Differences(cells)));
                cells[(column, end)] = right;
            }
        }
    }
}
