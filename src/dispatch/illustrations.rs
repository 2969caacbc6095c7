//! Brings what a dialogue shows from the folder of dialogues.

use super::Dispatch;
use crate::channel::Illustrations;
use crate::engine::Illustration;
use crate::library::media;
use async_trait::async_trait;

#[async_trait]
impl Illustrations for Dispatch {
    async fn bytes(&self, of: &Illustration) -> Option<Vec<u8>> {
        let (folder, of) = (self.library.folder().to_owned(), of.clone());
        let read = tokio::task::spawn_blocking(move || media(&folder, &of.institution, &of.file));
        read.await.ok().flatten()
    }
}
