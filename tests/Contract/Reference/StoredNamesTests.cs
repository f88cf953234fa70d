using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Contract.Reference;

public sealed class StoredNamesTests
{
    /// <summary>A name may be added. One that is changed or gone needs a migration, and a look at what older nodes have written.</summary>
    [Fact]
    public async Task Names_that_outlive_a_process_are_those_of_the_list()
    {
        using var folder = TempFolder.Quick();
        await using (await Database.OpenAsync(new() { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance,
            TestContext.Current.CancellationToken))
        {
        }
        Golden.Matches("stored-names.txt", StoredNames.Write(Path.Combine(folder.Path, "ringwright.db")));
    }
}
